"""Stop words: function words that never name what happens, in nine languages.

Own lists, of function words alone: the published ones are made for search and hold words that name a crisis ("fire",
"bill", "empty", "problem"). A function word that means something in another of these languages is left out too (Dutch
"door", German "dies"). Only words of four letters or more: `streams.mentions.text.extract_terms` gives no shorter
ones. What stands before an apostrophe counts as a word of its own ("didn", "aujourd").
"""

_ENGLISH = """
about above across after again against almost along already also although always among another anybody anyone anything
anyway anywhere aren around away back because been before behind being below beside besides between both cannot could
couldn didn does doesn doing done down during each either else enough even ever every everybody everyone everything
everywhere from getting gets going gone gonna gotta hadn hasn have haven having hence here hers herself himself
however indeed instead into itself just last later least less like like likely made make makes making many maybe might
mine more moreover most much must myself near nearly neither never nobody none nothing nowhere often once only onto
other others otherwise ought ours ourselves over perhaps please quite rather really same seem seems several shall
should shouldn since some somebody somehow someone something sometimes somewhere soon still such than that their
theirs them themselves then there therefore these they thing things this those though through throughout thus today
together tomorrow tonight toward towards under unless until upon very wasn well went were weren what whatever when
whenever where wherever whether which while whoever whole whom whose will with within without would wouldn yesterday
your yours yourself yourselves
"""
_FRENCH = """
afin ailleurs ainsi alors après assez aucun aucune aujourd auparavant auprès auquel aura aurai auraient aurais aurait
aurez auront aussi aussitôt autant autour autre autres autrui avaient avais avait avant avec avez avoir avons ayant
beaucoup bien bientôt ceci cela celle celles celui cependant certain certaine certaines certains cette ceux chacun
chacune chaque chez combien comme comment dans davantage debout dedans dehors déjà demain depuis dernier dernière
derniers dernières derrière desquelles desquels dessous dessus deux devant devrait doit doivent donc dont duquel
durant elle elles encore enfin ensuite entre envers environ étaient étais était étant été êtes être eux faire fais
faisait faisant fait faites faut firent fois font furent grâce guère hier hormis hors ici jamais jusqu jusque juste
laquelle lequel lesquelles lesquels leur leurs loin lors lorsqu lorsque maintenant mais malgré mêmes même mien mienne
mieux moins moment naguère nôtre notre nous nouveau nouvelle parce parfois parmi partout pendant personne peut peuvent
peux plus plusieurs plutôt pour pourquoi pourrait pourtant près presque puis puisque quand quant quel quelle quelles
quelqu quelque quelques quels quiconque quoi quoique sans sauf selon sera serai seraient serais serait seront
seulement sien sienne sinon soient sommes sont souvent sous suis surtout tandis tant tantôt tard tellement tels tenez
tous tout toute toutefois toutes toujours très trop vais vers voici voilà voir vont vos votre vôtre vous vraiment
"""
_GERMAN = """
aber alle allem allen aller alles also ander andere anderem anderen anderer anderes auch außer bald bereits bevor beim
bist bitte damals damit danach dann daran darauf daraus darf darin darüber darum dass davon davor dazu dein deine
deinem deinen deiner denen denn dennoch deren derer dessen deshalb dich dieser diese diesem diesen dieses doch dort
drei durch eben eigentlich eine einem einen einer eines einfach einige einigen einiger einmal erst etwa etwas euch
euer eure euren ganz gegen gemacht genau gerade gerne gestern gibt habe haben habt hast hatte hatten hätte hätten
heute hier hinter ihnen ihre ihrem ihren ihrer immer irgend jede jedem jeden jeder jedes jedoch jemand jene jetzt kann
kannst kaum kein keine keinem keinen keiner können könnte lange letzte letzten machen macht manche mehr mein meine
meinem meinen meiner mich mindestens möchte morgen muss müssen musste nach nachdem nämlich neben nicht nichts niemand
noch nochmal nunmehr oben obwohl oder ohne oftmals schon sehr seid sein seine seinem seinen seiner seit seitdem selbst
sich sicher sind sogar solche soll sollen sollte sondern sonst soweit sowie später trotz trotzdem über überall unser
unsere unserem unseren unter viel viele vielen vielleicht vom voll völlig wann waren warum wegen weil weiter welche
welchem welchen welcher weniger wenn werde werden weshalb wieder wieso wird wirklich wirst wohl wollen wollte worden
wurde wurden würde würden zudem zuerst zuletzt zum zumindest zur zwar zwei zwischen
"""
_SPANISH = """
acá además adónde ahora algo alguien algún alguna algunas alguno algunos allá allí ambos ante antes aquel aquella
aquellas aquello aquellos aquí aunque ayer bajo bastante bien cada casi cerca como cómo contra cual cuál cuales
cualquier cuando cuándo cuanto cuánto debajo dejar delante demás demasiado dentro desde después detrás dicho donde
dónde durante ella ellas ellos embargo encima entonces entre eran eres esas esos esta está estaba estaban estado
estamos están estar estas este esto estos estoy estuvo fuera fueron gracias haber había habían hace hacen hacer hacia
hago hasta hemos hizo hubo incluso jamás junto lejos luego mañana mejor menos mientras mismo misma mismos mucha muchas
mucho muchos nada nadie ningún ninguna ninguno nosotros nuestra nuestras nuestro nuestros nunca otra otras otro otros
para pero poca poco pocos podría poder porque posible primero pronto pudo puede pueden puedo pues quien quién quienes
quizá quizás sean según seguro será serán sería sido siempre siendo sino sobre sois solamente solo sólo somos suya
suyo tal también tampoco tanta tanto tarde tenemos tener tengo tenía tiene tienen toda todas todavía todo todos tras
tuve tuvo última último unas unos usted ustedes vamos varias varios vaya veces vosotros vuestra vuestro
"""
_ITALIAN = """
abbia abbiamo adesso agli alcun alcuna alcune alcuni alla alle allo allora altra altre altri altro anche ancora appena
assai avere aveva avevano avevo avete bene ché chiunque ciascuno cioè circa come comunque contro così cosa cosi cui
dagli dalla dalle dallo davanti davvero degli della delle dello dentro dietro dopo dove dovrebbe dunque durante ecco
entrambi erano eravamo essere essi faccio fanno fare fatto fino forse fossero fuori gran grazie hanno ieri infatti
inoltre insieme invece intorno loro lontano magari mai male meglio meno mentre mezzo mia miei molta molte molti molto
negli nella nelle nello nemmeno neppure nessun nessuna nessuno niente noi nostra nostre nostri nostro nulla oggi ogni
ognuno oltre oppure ora parecchio perché perfino però piuttosto poco poiché potrebbe prima proprio purtroppo qualche
qualcosa qualcuno quale quali quando quanta quanto quasi quella quelle quelli quello questa queste questi questo
quindi sarà sarebbe saranno sempre senza siamo siano siete solo soltanto sono sopra sotto spesso stai stanno stata
state stati stato stesso stessa sugli sulla sulle sullo suoi tanta tanto troppo trovo tutta tutte tuttavia tutti tutto
ultimo ultima una verso vicino voglio vostra vostro
"""
_PORTUGUESE = """
acima agora ainda além alguém algum alguma algumas alguns ambos amanhã antes apenas aquela aquelas aquele aqueles
aquilo aqui assim através atrás bastante cada coisa comigo como contra contudo cujo dela delas dele deles demais
dentro depois desde dessa desse desta deste dever disse disso disto dois dizer durante elas eles embora enquanto então
entre eram essa essas esse esses esta está estamos estão estar estas estava estavam este estes esteve estou fazem
fazer faço feito fica foram fosse havia hoje houve isso isto jamais lhes logo longe mais maior mas melhor menos mesma
mesmo mesmos meus minha minhas muita muitas muito muitos nada naquele nela nele nem nenhum nenhuma nessa nesse nesta
neste ninguém nosso nossa nunca onde ontem outra outras outro outros para pela pelas pelo pelos perto pode podem poder
pois porém porque pouco pouca primeiro próprio quais qual qualquer quando quanto quase quem sempre sendo sequer será
serão seria seus sido sobre somente somos sou suas também tanta tanto tão tarde tem temos tendo tenho ter teve tinha
tinham toda todas todavia todo todos tudo última último umas uns vamos várias vários vezes você vocês vossa vosso
"""
_DUTCH = """
aan achter alle alleen alles altijd ander andere anders behalve beneden beter bijna binnen boven buiten daar daarna
daarom daarvoor deze dezelfde doen doet dus echt echter eens eerst eigenlijk elke elkaar enige ergens even gaan gaat
geen geweest gewoon gisteren graag haar had hadden hebben heeft heel helaas helemaal heet hele hem hen hier hierdoor
hij hoeveel hoewel hun iedere iedereen iemand iets immers indien inmiddels jaar jouw jullie kan kon konden kunnen
laatste later liever maar mag meer meest meeste mensen met mijn minder misschien moet moeten mocht morgen naar naast
namelijk nergens niemand niet niets nodig nogal nooit omdat ondanks ondertussen ongeveer onder ons onze ooit opnieuw
ook over overal pas precies reeds samen sinds slechts soms staat steeds straks tegen tenzij terug terwijl thans
tijdens toch toen totdat tot tussen uit uiteindelijk vaak vandaag vanaf veel verder volgens voor vooral voordat waar
waarom wanneer waren want waarin waarbij weer weinig welke werd werden wij wilde willen worden wordt zeer zeker zelf
zelfs zich zichzelf zien zijn zoals zodat zonder zouden zowel zullen
"""
_POLISH = """
albo ależ bardziej bardzo będą będzie bez bowiem byli była było były być całkiem cały chce choć chociaż ciągle
cokolwiek czasem czego czemu często czyli dalej dlaczego dlatego dobrze dokąd dopiero dość dużo dwa dwie dzisiaj dziś
gdyby gdzie ich ile inaczej inna inne inny innych jakaś jakby jaki jakiś jakie jako jedna jednak jednego jeden jedno
jego jemu jest jestem jeszcze jeśli jeżeli już każda każdy kiedy kilka kogo komu która które którego której który
których którzy lecz ledwo lepiej mają mam mało może można mnie mną moja moje mój mogą musi nadal nam nami nasz nasza
nawet niech niego niej nigdy nikt nimi niż oraz około ona one oni owszem podczas pomimo ponad ponieważ poza potem
powinien prawie przecież przed przede przez przy raczej razem również sama sami się skąd sobą sobie swoje swój taki
takie tam tego tej temu teraz też tobie tobą trochę trzeba tutaj twoja twoje twój tylko tym tych wam wami wasz wcale
wczoraj wszyscy wszystkich wszystkie wszystko wtedy więc więcej właśnie zawsze zaś znowu żaden żadna żeby
"""
_INDONESIAN = """
adalah adanya agak agar akan akhirnya aku amat anda antara apabila apakah apalagi atas atau bagaimana bagi bahkan
bahwa banyak baru begini begitu belum berapa beberapa berbagai bersama besok biasanya bila bisa boleh bukan cukup cuma
dahulu dalam dapat dari daripada dekat demi demikian dengan depan dia diri dong dulu hampir hanya hari harus hingga
ialah ingin inilah itulah jadi jangan jika juga justru kadang kalau kali kalian kami kamu kapan karena kata kecuali
kembali kemarin kemudian kenapa kepada ketika kini kita kok lagi lain lainnya lalu lebih lewat maka makin malah mana
masih masing maupun melainkan melalui memang mengapa menjadi menurut mereka meski meskipun mungkin nanti namun oleh
pada padahal paling pasti pernah pula saat saja sama sambil sampai sana sangat saya sebab sebagai sebagian sebelum
sebelumnya sebuah sedang sedangkan segala sehingga sejak sekali sekarang selain selalu selama seluruh semakin semua
sendiri seorang seperti sering serta sesuatu sesudah setelah setiap siapa sini situ suatu sudah supaya tadi tanpa tapi
telah tentang tentu terhadap terlalu tersebut tetap tetapi tiap tidak untuk walau walaupun yaitu yakni yang
"""

STOP_WORDS = frozenset(
    word
    for words in (_ENGLISH, _FRENCH, _GERMAN, _SPANISH, _ITALIAN, _PORTUGUESE, _DUTCH, _POLISH, _INDONESIAN)
    for word in words.split()
    if len(word) >= 4
)
"""In lower case, with their accents, as `extract_terms` gives words."""
