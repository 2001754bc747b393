"""People and places of many languages, from which the seeded contacts are drawn.

Each name comes with its spelling in plain Latin letters, for e-mail addresses.
"""

from dataclasses import dataclass

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A city as an address wants it."""

    city: str
    street: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Culture:
    """Where a contact comes from. ``mobile`` is a valid prefix, ``#`` a free digit."""

    country: str
    timezone: str
    mobile: str
    weight: int
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    trades: tuple[str, ...]
    places: tuple[Place, ...]
    family_first: bool = False

    def full_name(self, given: str, family: str) -> tuple[str, str]:
        """First and last name as people of this culture are entered into such systems.

        Where the family name leads and no space parts the two, all of it is the first name.
        """
        return (family + given, "") if self.family_first else (given, family)


def _names(text: str) -> tuple[Name, ...]:
    """``"Łukasz/lukasz Ana"``: the spelling behind the slash, else the name itself."""
    pairs = []
    for word in text.split():
        name, _, plain = word.partition("/")
        pairs.append((name.replace("_", " "), plain or name.replace("_", "-").lower()))
    return tuple(pairs)


CULTURES: tuple[Culture, ...] = (
    Culture(
        "PT",
        "Europe/Lisbon",
        "+35191#######",
        26,
        _names(
            "Inês/ines João/joao Beatriz Tomás/tomas Catarina Gonçalo/goncalo Leonor Duarte"
            " Francisca Simão/simao Lourenço/lourenco Matilde Afonso Íris/iris Vasco Graça/graca"
        ),
        _names(
            "Ferreira Magalhães/magalhaes Conceição/conceicao Araújo/araujo Gouveia Brandão/brandao"
            " Simões/simoes Pacheco Antão/antao Seabra Falcão/falcao Valadares Leitão/leitao Rebelo"
        ),
        ("Construções {}", "{} & Filhos, Lda.", "Padaria {}", "Quinta {}", "{} Energia"),
        (
            Place("Lisboa", "Rua da Prata {}", "1100-420"),
            Place("Porto", "Rua das Flores {}", "4050-265"),
            Place("Évora", "Travessa da Palmeira {}", "7000-546"),
            Place("Setúbal", "Avenida Luísa Todi {}", "2900-452"),
        ),
    ),
    Culture(
        "ES",
        "Europe/Madrid",
        "+3461#######",
        9,
        _names(
            "Íñigo/inigo Begoña/begona Martín/martin"
            " Nuria Andrés/andres Lucía/lucia Joaquín/joaquin"
            " Ainhoa Raúl/raul Sofía/sofia Núria/nuria Òscar/oscar"
        ),
        _names(
            "Ibáñez/ibanez Muñoz/munoz García/garcia Peña/pena Zubiría/zubiria Núñez/nunez"
            " Rodríguez/rodriguez Cortés/cortes Avilés/aviles Güell/guell"
        ),
        ("Talleres {}", "{} Hermanos S.L.", "Bodegas {}", "Clínica {}"),
        (
            Place("Madrid", "Calle de Alcalá {}", "28009"),
            Place("Córdoba", "Calle Cruz Conde {}", "14001"),
            Place("A Coruña", "Rúa Real {}", "15003"),
        ),
    ),
    Culture(
        "IE",
        "Europe/Dublin",
        "+35387#######",
        6,
        _names(
            "Aoife Cillian Niamh Seán/sean Róisín/roisin Pádraig/padraig Gráinne/grainne Fionn"
            " Ciarán/ciaran Sorcha Oisín/oisin Étaín/etain"
        ),
        _names(
            "O’Connor/oconnor Ní_Bhriain/nibhriain Murphy O’Dálaigh/odalaigh Kavanagh McGrath"
            " Gallagher Ó_Súilleabháin/osuilleabhain Fitzgerald Keane"
        ),
        ("{} & Daughters", "{} Lettings", "{} Freight", "{} Joinery"),
        (
            Place("Galway", "{} Shop Street", "H91 P2XF"),
            Place("Dublin", "{} Capel Street", "D01 E2K3"),
        ),
    ),
    Culture(
        "NO",
        "Europe/Oslo",
        "+479#######",
        6,
        _names(
            "Åse/ase Øyvind/oyvind Sølvi/solvi Bjørn/bjorn"
            " Ingrid Håkon/hakon Ragnhild Torbjørn/torbjorn"
            " Gunnhild Eirik Maren Sindre"
        ),
        _names(
            "Østby/ostby Bråten/braten Hagen Sørensen/sorensen Dæhlie/daehlie Myhre Skjåk/skjak"
            " Nygård/nygard Lund Haugen"
        ),
        ("{} Tannklinikk", "{} Bygg AS", "{} Rederi", "Hos {}"),
        (
            Place("Oslo", "Grønlandsleiret {}", "0190"),
            Place("Tromsø", "Storgata {}", "9008"),
            Place("Ålesund", "Kongens gate {}", "6002"),
        ),
    ),
    Culture(
        "DE",
        "Europe/Berlin",
        "+491511#######",
        7,
        _names(
            "Jürgen/juergen Käthe/kaethe Günther/guenther Anneliese Sören/soeren Bärbel/baerbel"
            " Matthias Jörg/joerg Friederike Götz/goetz Lieselotte Niklas"
        ),
        _names(
            "Müller-Lüdenscheid/mueller-luedenscheid Groß/gross"
            " Weiß/weiss Köhler/koehler Schäfer/schaefer"
            " von_Bülow/vonbuelow Jäger/jaeger Brückner/brueckner Thieß/thiess Voß/voss"
        ),
        ("{} Maschinenbau GmbH", "Bäckerei {}", "{} & Söhne KG", "Stiftung {}"),
        (
            Place("Köln", "Severinstraße {}", "50678"),
            Place("München", "Sendlinger Straße {}", "80331"),
            Place("Berlin", "Sonnenallee {}", "12045"),
        ),
    ),
    Culture(
        "FR",
        "Europe/Paris",
        "+3361#######",
        6,
        _names(
            "Éloïse/eloise François/francois Maëlle/maelle Benoît/benoit Zoé/zoe Anaïs/anais"
            " Jérôme/jerome Solène/solene Théo/theo Hélène/helene Cédric/cedric Noëlle/noelle"
        ),
        _names(
            "Lefèvre/lefevre Dupré/dupre Bérenger/berenger"
            " Gaëtan/gaetan d’Arvor/darvor Châtelain/chatelain"
            " Noël/noel Besançon/besancon Crépin/crepin Lemaître/lemaitre"
        ),
        ("Atelier {}", "{} Frères", "Boulangerie {}", "Maison {}"),
        (
            Place("Orléans", "rue de Bourgogne {}", "45000"),
            Place("Besançon", "Grande Rue {}", "25000"),
            Place("Nîmes", "rue de l’Aspic {}", "30000"),
        ),
    ),
    Culture(
        "PL",
        "Europe/Warsaw",
        "+4850#######",
        5,
        _names(
            "Małgorzata/malgorzata Grzegorz Zdzisław/zdzislaw Agnieszka Stanisława/stanislawa"
            " Michał/michal Żaneta/zaneta Bożena/bozena Paweł/pawel Łucja/lucja"
        ),
        _names(
            "Wójcik/wojcik Kowalczyk Dąbrowska/dabrowska Zieliński/zielinski Szymański/szymanski"
            " Pawłowska/pawlowska Gołębiewski/golebiewski"
            " Ćwikliński/cwiklinski Ślusarczyk/slusarczyk"
        ),
        ("Warsztat {}", "{} Sp. z o.o.", "Piekarnia {}", "Hurtownia {}"),
        (
            Place("Łódź", "ulica Piotrkowska {}", "90-001"),
            Place("Kraków", "ulica Długa {}", "31-147"),
        ),
    ),
    Culture(
        "GR",
        "Europe/Athens",
        "+3069########",
        4,
        _names(
            "Γεώργιος/georgios Ελένη/eleni Δημήτρης/dimitris Αικατερίνη/aikaterini Νίκος/nikos"
            " Ευαγγελία/evangelia Θεόδωρος/theodoros Χρυσούλα/chrysoula"
        ),
        _names(
            "Παπαγεωργίου/papageorgiou Οικονόμου/oikonomou Αντωνίου/antoniou Ψαρρός/psarros"
            " Ζαχαριάδης/zachariadis Μακρής/makris Ξενάκη/xenaki"
        ),
        ("{} Α.Ε.", "Αφοί {}", "Ελαιώνες {}"),
        (
            Place("Αθήνα", "Ερμού {}", "105 63"),
            Place("Θεσσαλονίκη", "Τσιμισκή {}", "546 24"),
        ),
    ),
    Culture(
        "UA",
        "Europe/Kyiv",
        "+38067#######",
        4,
        _names(
            "Олександра/oleksandra Тарас/taras Соломія/solomiia Євген/yevhen Їванка/yivanka"
            " Остап/ostap Ґалина/galyna Ярослав/yaroslav"
        ),
        _names(
            "Шевченко/shevchenko Ковальчук/kovalchuk Бондаренко/bondarenko Лисенко/lysenko"
            " Мельник/melnyk Гончар/honchar Приходько/prykhodko"
        ),
        ("ТОВ «{}»", "Майстерня {}", "{} і партнери"),
        (
            Place("Київ", "вулиця Хрещатик {}", "01001"),
            Place("Львів", "площа Ринок {}", "79008"),
        ),
    ),
    Culture(
        "UZ",
        "Asia/Samarkand",
        "+99890#######",
        3,
        _names("Дилноза/dilnoza Рустам/rustam Гулнора/gulnora Шерзод/sherzod Нигора/nigora"),
        _names("Каримов/karimov Юсупова/yusupova Рахимов/rahimov Исмоилова/ismoilova"),
        ("{} Текстиль", "{} ва шериклар", "Бозор {}"),
        (Place("Самарканд", "улица Регистан {}", "140100"),),
    ),
    Culture(
        "MA",
        "Africa/Casablanca",
        "+212661######",
        3,
        _names(
            "يوسف/youssef فاطمة/fatima عمر/omar خديجة/khadija إلياس/ilyas زينب/zineb حمزة/hamza"
        ),
        _names("العلوي/alaoui بنعلي/benali التازي/tazi الإدريسي/idrissi أمزيان/amezian"),
        ("شركة {}", "مخبزة {}", "{} وأبناؤه"),
        (
            Place("الدار البيضاء", "شارع محمد الخامس {}", "20250"),
            Place("فاس", "زنقة الطالعة {}", "30000"),
        ),
    ),
    Culture(
        "IL",
        "Asia/Jerusalem",
        "+972523######",
        2,
        _names("נועה/noa איתן/eitan תמר/tamar יונתן/yonatan שירה/shira אליהו/eliyahu"),
        _names("כהן/cohen לוי/levi ביטון/biton פרידמן/friedman אלון/alon"),
        ("{} ובניו", "מאפיית {}", "סטודיו {}"),
        (Place("תל אביב", "שדרות רוטשילד {}", "6688101"),),
    ),
    Culture(
        "IN",
        "Asia/Kolkata",
        "+9198########",
        4,
        _names("अनन्या/ananya विक्रम/vikram दीपिका/deepika रोहित/rohit Meenakshi Arjun கவிதா/kavitha"),
        _names("शर्मा/sharma देशपांडे/deshpande गुप्ता/gupta Chatterjee Iyer சுப்பிரமணியன்/subramanian"),
        ("{} Analytics", "{} & Sons Textiles", "श्री {} उद्योग"),
        (
            Place("मुंबई", "महात्मा गांधी मार्ग {}", "400001"),
            Place("Bengaluru", "{} Brigade Road", "560001"),
        ),
    ),
    Culture(
        "CN",
        "Asia/Shanghai",
        "+86138########",
        5,
        _names(
            "小明/xiaoming 丽华/lihua 建国/jianguo"
            " 晓燕/xiaoyan 志强/zhiqiang 秀英/xiuying 子轩/zixuan"
        ),
        _names("张/zhang 李/li 刘/liu 陈/chen 杨/yang 欧阳/ouyang 赵/zhao"),
        ("{}科技有限公司", "{}贸易公司", "{}餐饮"),
        (
            Place("上海", "南京东路{}号", "200001"),
            Place("成都", "春熙路{}号", "610016"),
        ),
        family_first=True,
    ),
    Culture(
        "JP",
        "Asia/Tokyo",
        "+81902#######",
        4,
        _names("美咲/misaki 健太/kenta さくら/sakura 翔太/shota ひかり/hikari 大輔/daisuke"),
        _names("佐藤/sato 鈴木/suzuki 高橋/takahashi 渡辺/watanabe 伊藤/ito 小林/kobayashi"),
        ("{}製作所", "{}商店", "株式会社{}"),
        (
            Place("東京都", "神保町{}丁目", "101-0051"),
            Place("京都市", "四条通{}", "600-8001"),
        ),
    ),
    Culture(
        "KR",
        "Asia/Seoul",
        "+82102#######",
        3,
        _names("서연/seoyeon 민준/minjun 하윤/hayun 지훈/jihun 예진/yejin"),
        _names("김/kim 이/lee 박/park 최/choi 정/jung"),
        ("{}식품", "{}전자", "주식회사 {}"),
        (Place("서울", "종로 {}", "03154"), Place("부산", "해운대로 {}", "48094")),
        family_first=True,
    ),
    Culture(
        "VN",
        "Asia/Ho_Chi_Minh",
        "+8490#######",
        2,
        _names("Thị_Hồng/thi-hong Văn_Đức/van-duc Ngọc_Ánh/ngoc-anh Quốc_Bảo/quoc-bao Thùy/thuy"),
        _names("Nguyễn/nguyen Trần/tran Phạm/pham Đặng/dang Huỳnh/huynh"),
        ("Công ty {}", "Tiệm bánh {}"),
        (Place("Đà Nẵng", "{} Bạch Đằng", "550000"),),
    ),
    Culture(
        "TR",
        "Europe/Istanbul",
        "+90532#######",
        3,
        _names("Gökçe/gokce İbrahim/ibrahim Şule/sule Çağlar/caglar Özge/ozge Işıl/isil Ömer/omer"),
        _names("Yıldırım/yildirim Öztürk/ozturk Çelik/celik Şahin/sahin Güneş/gunes Kılıç/kilic"),
        ("{} Tekstil", "{} Kardeşler", "{} İnşaat"),
        (Place("İstanbul", "İstiklal Caddesi {}", "34430"),),
    ),
    Culture(
        "NG",
        "Africa/Lagos",
        "+234803#######",
        2,
        _names("Olúwaṣeun/oluwaseun Chidìmmá/chidimma Ṣadé/sade Emeka Ngozi Bàbátúndé/babatunde"),
        _names("Adébáyọ̀/adebayo Òkoyè/okoye Nwachukwu Ògúnlẹ́yẹ/ogunleye Bello"),
        ("{} Lettings", "{} Logistics", "{} & Co."),
        (Place("Lagos", "{} Awolowo Road", "101233"),),
    ),
    Culture(
        "US",
        "America/New_York",
        "+14152######",
        3,
        _names("Madison Tyler Renée/renee Dwayne Xóchitl/xochitl José/jose Brooklyn Zachary"),
        _names("Washington O’Hara/ohara Hernández/hernandez Lindqvist Nakamura-Jones Vasquez"),
        ("{} Realty", "{} Partners LLC", "{} Dental"),
        (Place("San Francisco", "{} Valencia Street", "94110"),),
    ),
    Culture(
        "IS",
        "Atlantic/Reykjavik",
        "+35469#####",
        1,
        _names("Þórunn/thorunn Guðmundur/gudmundur Æsa/aesa Sigríður/sigridur Örn/orn"),
        _names("Þórsdóttir/thorsdottir Jónsson/jonsson Ægisdóttir/aegisdottir Guðnason/gudnason"),
        ("{} ehf.", "Fiskur {}"),
        (Place("Reykjavík", "Laugavegur {}", "101"),),
    ),
    Culture(
        "NL",
        "Europe/Amsterdam",
        "+3161#######",
        4,
        _names("Zoë/zoe Daniël/daniel Fenna Joël/joel Sjoerd Anouk Renée/renee Thijs"),
        _names(
            "van_den_Berg/vandenberg de_Vries/devries Coëlho/coelho van_’t_Hoff/vanthoff Meijer"
        ),
        ("{} Logistiek B.V.", "Bakkerij {}", "{} & Zonen"),
        (Place("Utrecht", "Oudegracht {}", "3511 AL"), Place("Groningen", "Herestraat {}", "9711")),
    ),
)
