#!/bin/sh
# Writes a certificate authority of its own, and the key and certificate of a broker on 127.0.0.1, into a folder: for tests.
#
#   deploy/local/keys.sh FOLDER     ca.pem (trusted by clients), keystore.pem (the broker's), other-ca.pem (signed nothing)
set -eu
folder=${1:?expected the folder to write into}
mkdir -p "$folder"
cd "$folder"
umask 077

authority() { # its own certificate and key
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$2" \
        -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

authority ca "badbuzz test authority"
authority other-ca "another authority"
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=127.0.0.1" \
    -keyout broker.key -out broker.csr 2>/dev/null
printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' > broker.ext
openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile broker.ext -out broker.pem 2>/dev/null
# Kafka reads one PEM file: the private key (PKCS 8), then the chain.
openssl pkcs8 -topk8 -nocrypt -in broker.key > keystore.pem
cat broker.pem ca.pem >> keystore.pem
