"""The people everybody meets first: the most recently active contacts of each location."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CastTask:
    """Due ``day`` days from today at ``hour`` (local time, 15.5 is 15:30)."""

    title: str
    day: int
    hour: float = 12.0
    done: bool = False
    body: str = ""


@dataclass(frozen=True, slots=True)
class CastNote:
    """Written ``day`` days from today (0 or less) at ``hour``."""

    body: str
    day: int
    hour: float
    user: int = 0
    title: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class CastVisit:
    title: str
    day: int
    start: float
    end: float
    address: str
    status: str = "confirmed"


@dataclass(frozen=True, slots=True)
class Person:
    """``owner`` counts the location's users; None is unassigned."""

    first: str
    last: str
    email: str
    phone: str
    company: str = ""
    tags: tuple[str, ...] = ()
    country: str = "PT"
    city: str = ""
    street: str = ""
    postcode: str = ""
    timezone: str = "Europe/Lisbon"
    source: str = ""
    website: str = ""
    born: str = ""
    owner: int | None = 0
    dnd: bool = False
    tasks: tuple[CastTask, ...] = ()
    notes: tuple[CastNote, ...] = ()
    visits: tuple[CastVisit, ...] = ()
    fields: tuple[tuple[str, Any], ...] = ()


LUMEN: tuple[Person, ...] = (
    Person(
        "Ana",
        "Pérez Ølgaard",
        "ana@fjordvale.pt",
        "+351912345678",
        "Fjord & Vale Interiors",
        ("vip", "lead", "newsletter", "hot"),
        city="Porto",
        street="Rua das Flores 214, 3.º",
        postcode="4050-265",
        source="Referral · Solar Expo 2026",
        website="https://fjordvale.pt",
        born="1984-05-17",
        tasks=(
            CastTask(
                "Call Ana about the roof permit",
                0,
                15.0,
                body="Ask which document the câmara still needs, and whether the condominium"
                " minutes are enough. Offer the site visit as the latest date for the survey.",
            ),
            CastTask("Send revised 38 kWp quote", 2, 12.0),
            CastTask("Collect 12 months of electricity bills", -1, 17.66, done=True),
        ),
        notes=(
            CastNote(
                "<p>Spoke with Ana: the condominium approved panels on the south roof. She wants"
                " the inverter in the garage, not on the façade, and a price <strong>with and"
                " without</strong> battery.</p>",
                0,
                10.2,
            ),
            CastNote(
                "Met at Solar Expo, hall 4. Prefers e-mail before noon; assistant is Rui.",
                -5,
                12.8,
            ),
        ),
        visits=(CastVisit("Site visit, roof survey", 3, 9.5, 10.5, "Rua das Flores 214, Porto"),),
        fields=(
            ("Role", "Facilities director"),
            ("Roof area", 412),
            ("Monthly bill", 1840),
            ("Grid contract ends", "2027-06-30"),
            ("Decision stage", "Comparing quotes"),
            ("Wants battery", ["Yes"]),
            ("Meter number", "PT 0002 0000 8431 77"),
        ),
    ),
    Person(
        "王小明",
        "",
        "xiaoming.wang@mingyue.example",
        "+8613812345678",
        "明月科技有限公司",
        ("lead",),
        country="CN",
        city="上海",
        street="南京东路300号",
        postcode="200001",
        timezone="Asia/Shanghai",
        source="Website form",
        tasks=(CastTask("Send battery data sheet", -2, 16.0),),
        notes=(CastNote("想要带电池的报价，下周再联系。", -3, 8.5, 2),),
    ),
    Person(
        "Siobhán",
        "O’Brien",
        "siobhan@obrienfreight.example",
        "+353871234567",
        "O’Brien & Sons Freight",
        ("hot", "vip", "lead"),
        country="IE",
        city="Galway",
        street="12 Dock Road",
        postcode="H91 F8YC",
        timezone="Europe/Dublin",
        source="Referral",
        tasks=(CastTask("Confirm roof access", 0, 11.5),),
        notes=(CastNote("Gate code changes on Mondays; ring the yard first.", -1, 15.1, 1),),
    ),
    Person(
        "Фатима",
        "Ахмедова",
        "fatima@samarqandtextile.example",
        "+998901234567",
        "Самарканд Текстиль",
        ("newsletter",),
        country="UZ",
        city="Самарканд",
        street="улица Регистан 8",
        postcode="140100",
        timezone="Asia/Samarkand",
        source="Newsletter",
        tasks=(CastTask("Отправить коммерческое предложение", 2, 10.0),),
        notes=(CastNote("Просила каталог на русском и смету на 120 кВт.", -4, 9.0, 2),),
    ),
    Person(
        "محمد",
        "الفاسي",
        "m.elfassi@atlastrade.example",
        "+212661234567",
        "شركة الأطلس للتجارة",
        ("installer", "vip"),
        country="MA",
        city="الدار البيضاء",
        street="شارع محمد الخامس 41",
        postcode="20250",
        timezone="Africa/Casablanca",
        source="Solar Expo 2026",
        tasks=(CastTask("إرسال عقد التركيب", 3, 10.0),),
        notes=(CastNote("<p>اتفقنا على <b>ثلاث</b> دفعات.</p>", -2, 11.3, 1),),
    ),
    Person(
        "Zoë",
        "van den Berg",
        "zoe@bergzonen.example",
        "+31612345678",
        "Berg & Zonen Logistiek B.V.",
        ("lead", "hot"),
        country="NL",
        city="Utrecht",
        street="Oudegracht 158",
        postcode="3511 AL",
        timezone="Europe/Amsterdam",
        source="Website form",
        notes=(CastNote("Twee daken, samen 900 m². Wil eerst een schaduwstudie.", -6, 14.0, 2),),
    ),
    Person(
        "Ιωάννα",
        "Παπαδοπούλου",
        "ioanna@aegeanfoods.example",
        "+306941234567",
        "Aegean Foods A.E.",
        ("newsletter", "lead"),
        country="GR",
        city="Αθήνα",
        street="Ερμού 56",
        postcode="105 63",
        timezone="Europe/Athens",
        source="Newsletter",
        tasks=(CastTask("Κλείσιμο ραντεβού για αυτοψία", 8, 11.0),),
    ),
    Person(
        "Priya",
        "Raghunathan",
        "priya@cobaltanalytics.example",
        "+919812345678",
        "Cobalt Analytics",
        ("vip",),
        country="IN",
        city="Bengaluru",
        street="24 Brigade Road",
        postcode="560001",
        timezone="Asia/Kolkata",
        source="LinkedIn",
        dnd=True,
        notes=(CastNote("Asked not to be contacted until the new fiscal year.", -9, 13.4),),
    ),
    Person(
        "Jean-Baptiste",
        "N’Diaye",
        "jb@sahelsolaire.example",
        "+221771234567",
        "Sahel Solaire",
        ("installer",),
        country="SN",
        city="Dakar",
        street="Avenue Cheikh Anta Diop 9",
        postcode="10700",
        timezone="Africa/Dakar",
        source="Partner",
        tasks=(
            CastTask("Chase deposit for install slot", -5, 9.0),
            CastTask("Order mounting rails", -3, 10.0, done=True),
        ),
        notes=(CastNote("Préfère WhatsApp. Équipe de six, libre dès le 3.", -5, 16.2),),
    ),
    Person(
        "田中",
        "美咲",
        "misaki@tanakaseisakusho.example",
        "+819012345678",
        "田中製作所",
        ("lead",),
        country="JP",
        city="東京都",
        street="神保町1丁目",
        postcode="101-0051",
        timezone="Asia/Tokyo",
        source="Trade mission",
        tasks=(CastTask("見積書を送る", 10, 9.0),),
    ),
    Person(
        "Łukasz",
        "Wiśniewski",
        "lukasz@warsztatkolejowa.example",
        "+48501234567",
        "Warsztat Kolejowa 12",
        ("newsletter", "lead"),
        country="PL",
        city="Łódź",
        street="ulica Kolejowa 12",
        postcode="90-001",
        timezone="Europe/Warsaw",
        source="Website form",
    ),
    Person(
        "Maximiliane",
        "von Hohenstein-Ehrenberg",
        "m.vhe@stiftung-auenland.example",
        "+4915112345678",
        "Stiftung Auenland",
        ("vip", "newsletter", "lead", "foundation"),
        country="DE",
        city="Köln",
        street="Severinstraße 120",
        postcode="50678",
        timezone="Europe/Berlin",
        source="Referral",
        tasks=(CastTask("Prepare the board’s summary", 15, 10.0),),
        notes=(
            CastNote(
                "<p>Board decides on <em>9 December</em>. Send:</p><ul><li>summary, two pages</li>"
                "<li>yield estimate</li><li>three references</li></ul>",
                -7,
                11.0,
            ),
        ),
    ),
    Person(
        "김서연",
        "",
        "seoyeon@hanbitfood.example",
        "+821023456789",
        "한빛식품",
        ("lead",),
        country="KR",
        city="서울",
        street="종로 45",
        postcode="03154",
        timezone="Asia/Seoul",
        source="Website form",
    ),
)

HARBOUR: tuple[Person, ...] = (
    Person(
        "Inga",
        "Þórsdóttir",
        "inga@thorsdottir.example",
        "+3548412345",
        tags=("patient",),
        country="IS",
        city="Oslo",
        timezone="Europe/Oslo",
        tasks=(CastTask("Confirm crown fitting time", -1, 10.0),),
    ),
    Person(
        "Дарья",
        "Соколова",
        "darya@sokolova.example",
        "+4791234567",
        tags=("patient",),
        country="NO",
        city="Oslo",
        timezone="Europe/Oslo",
        tasks=(CastTask("Post-treatment check-in", 0, 17.0),),
    ),
)

KESTREL: tuple[Person, ...] = (
    Person(
        "Oluwaseun",
        "Adébáyọ̀",
        "seun@adebayolettings.example",
        "+2348031234567",
        "Adébáyọ̀ Lettings",
        ("landlord", "vip"),
        country="NG",
        city="Galway",
        timezone="Europe/Dublin",
        tasks=(CastTask("Hand over keys, flat 4B", 8, 14.0),),
    ),
)

CASTS = (LUMEN, HARBOUR, KESTREL)
