"""What people call a time zone where the IANA tables do not: big cities, countries, short names."""

# Discord's locales. The first zones offered to a server that has typed nothing yet.
LOCALE_ZONES = {
    "bg": "Europe/Sofia",
    "cs": "Europe/Prague",
    "da": "Europe/Copenhagen",
    "de": "Europe/Berlin Europe/Vienna Europe/Zurich",
    "el": "Europe/Athens Asia/Nicosia",
    "en-GB": "Europe/London Europe/Dublin",
    "en-US": "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix"
    " America/Anchorage Pacific/Honolulu America/Toronto",
    "es-419": "America/Mexico_City America/Bogota America/Lima America/Argentina/Buenos_Aires"
    " America/Santiago America/Caracas America/Guayaquil America/Montevideo",
    "es-ES": "Europe/Madrid Atlantic/Canary",
    "fi": "Europe/Helsinki",
    "fr": "Europe/Paris Europe/Brussels America/Toronto Africa/Abidjan",
    "hi": "Asia/Kolkata",
    "hr": "Europe/Zagreb",
    "hu": "Europe/Budapest",
    "id": "Asia/Jakarta Asia/Makassar Asia/Jayapura",
    "it": "Europe/Rome",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "lt": "Europe/Vilnius",
    "nl": "Europe/Amsterdam Europe/Brussels",
    "no": "Europe/Oslo",
    "pl": "Europe/Warsaw",
    "pt-BR": "America/Sao_Paulo America/Fortaleza America/Manaus America/Bahia America/Recife",
    "ro": "Europe/Bucharest Europe/Chisinau",
    "ru": "Europe/Moscow Asia/Yekaterinburg Asia/Novosibirsk Asia/Vladivostok Europe/Samara",
    "sv": "Europe/Stockholm",
    "th": "Asia/Bangkok",
    "tr": "Europe/Istanbul",
    "uk": "Europe/Kyiv",
    "vi": "Asia/Ho_Chi_Minh",
    "zh-CN": "Asia/Shanghai Asia/Hong_Kong Asia/Singapore",
    "zh-TW": "Asia/Taipei Asia/Hong_Kong",
}

# Ties are broken by how many people live by a clock, roughly.
POPULAR_ZONES = (
    "America/New_York America/Los_Angeles America/Chicago Europe/London Europe/Berlin Europe/Paris"
    " Asia/Kolkata Asia/Tokyo Asia/Seoul Etc/UTC Asia/Shanghai America/Sao_Paulo Australia/Sydney"
    " America/Denver America/Toronto Europe/Madrid Europe/Istanbul Europe/Warsaw Europe/Rome"
    " Europe/Amsterdam Asia/Singapore Asia/Jakarta Asia/Taipei America/Mexico_City"
    " America/Argentina/Buenos_Aires Asia/Hong_Kong Europe/Moscow Asia/Manila Asia/Bangkok"
    " Asia/Ho_Chi_Minh Asia/Karachi Asia/Dhaka Asia/Dubai Asia/Tehran Asia/Jerusalem Asia/Riyadh"
    " Africa/Cairo Africa/Lagos Africa/Nairobi Africa/Johannesburg Africa/Casablanca"
    " Australia/Melbourne Australia/Brisbane Australia/Perth Pacific/Auckland America/Vancouver"
    " America/Bogota America/Lima America/Santiago America/Caracas Asia/Kathmandu Europe/Kyiv"
    " Europe/Stockholm Europe/Vienna Europe/Zurich Europe/Prague Europe/Athens America/Halifax"
)

# Cities that are not zone names, and the commonest cities in the words of those who live there.
CITIES = {
    "Africa/Cairo": "alexandria, القاهرة, kairo",
    "Africa/Casablanca": "rabat, marrakesh, marrakech, fes",
    "Africa/Johannesburg": "cape town, durban, pretoria",
    "Africa/Lagos": "abuja, kano, ibadan",
    "America/Anchorage": "alaska",
    "America/Bogota": "medellin, cali",
    "America/Chicago": "houston, dallas, austin, san antonio, fort worth, minneapolis, st louis,"
    " new orleans, nashville, memphis, kansas city, milwaukee, oklahoma city, birmingham, texas,"
    " illinois, central time, 시카고, シカゴ",
    "America/Costa_Rica": "san jose",
    "America/Denver": "salt lake city, albuquerque, colorado, utah, mountain time",
    "America/Edmonton": "calgary, alberta",
    "America/Guayaquil": "quito",
    "America/Los_Angeles": "san francisco, sf, la, seattle, san diego, san jose, portland,"
    " sacramento, oakland, las vegas, palo alto, washington, mountain view, berkeley,"
    " silicon valley, california, pacific time, 로스앤젤레스, 샌프란시스코, 시애틀, ロサンゼルス,"
    " サンフランシスコ, 洛杉矶, 旧金山",
    "America/Mexico_City": "guadalajara, puebla, cdmx, ciudad de mexico",
    "America/New_York": "nyc, boston, washington, washington dc, philadelphia, atlanta, miami,"
    " orlando, pittsburgh, baltimore, charlotte, raleigh, cleveland, columbus, cincinnati,"
    " buffalo, princeton, cambridge, portland, florida, georgia, new jersey, massachusetts,"
    " eastern time, 뉴욕, 보스턴, 워싱턴, ニューヨーク, ボストン, 纽约, 紐約, nueva york,"
    " nova york, нью йорк",
    "America/Phoenix": "tucson, arizona",
    "America/Puerto_Rico": "san juan",
    "America/Sao_Paulo": "rio de janeiro, rio, brasilia, belo horizonte, curitiba, porto alegre,"
    " campinas, florianopolis, sampa",
    "America/Toronto": "ottawa, montreal, quebec, waterloo, hamilton, ontario, 토론토, 多伦多",
    "America/Vancouver": "victoria, british columbia, 밴쿠버, 温哥华",
    "Asia/Almaty": "astana",
    "Asia/Dhaka": "chittagong",
    "Asia/Dubai": "abu dhabi, sharjah, دبي",
    "Asia/Ho_Chi_Minh": "hanoi, ha noi, saigon, da nang, hcmc",
    "Asia/Hong_Kong": "kowloon, 香港, 홍콩",
    "Asia/Jakarta": "bandung, surabaya, yogyakarta, depok",
    "Asia/Jerusalem": "tel aviv, haifa",
    "Asia/Karachi": "lahore, islamabad, rawalpindi",
    "Asia/Kolkata": "mumbai, bombay, delhi, new delhi, bangalore, bengaluru, hyderabad, chennai,"
    " madras, pune, ahmedabad, jaipur, kanpur, gurgaon, noida, दिल्ली, मुंबई",
    "Asia/Makassar": "bali, denpasar",
    "Asia/Manila": "quezon city, cebu, davao",
    "Asia/Riyadh": "jeddah, mecca",
    "Asia/Seoul": "busan, incheon, daegu, daejeon, gwangju, ulsan, suwon, pangyo, seongnam, 서울,"
    " 부산, 인천, 대구, 대전, 광주, 울산, 수원, 판교, 제주, ソウル, 首尔, 首爾, сеул",
    "Asia/Shanghai": "beijing, peking, shenzhen, guangzhou, chengdu, hangzhou, wuhan, nanjing,"
    " tianjin, xian, suzhou, 北京, 上海, 深圳, 广州, 成都, 杭州, 武汉, 南京, 베이징, 상하이,"
    " 상해, ペキン, シャンハイ, пекин, schanghai",
    "Asia/Singapore": "新加坡, 싱가포르, シンガポール, singapur",
    "Asia/Taipei": "taichung, kaohsiung, hsinchu, tainan, 台北, 臺北, 台中, 高雄, 新竹, 타이베이",
    "Asia/Tehran": "teheran, isfahan, تهران",
    "Asia/Tokyo": "osaka, kyoto, yokohama, nagoya, sapporo, fukuoka, kobe, tokio, 東京, 大阪,"
    " 京都, 横浜, 名古屋, 札幌, 福岡, 神戸, とうきょう, 도쿄, 동경, 오사카, 东京, токио",
    "Australia/Brisbane": "gold coast, queensland",
    "Australia/Melbourne": "victoria",
    "Australia/Sydney": "canberra, newcastle, new south wales, nsw, 시드니, シドニー, 悉尼",
    "Etc/UTC": "utc, zulu, universal, coordinated universal time",
    "Europe/Amsterdam": "rotterdam, the hague, den haag, utrecht, eindhoven, 암스테르담",
    "Europe/Athens": "thessaloniki, αθηνα, athen",
    "Europe/Belgrade": "beograd, novi sad, београд",
    "Europe/Berlin": "munich, münchen, muenchen, hamburg, frankfurt, cologne, köln, koeln,"
    " stuttgart, düsseldorf, leipzig, dresden, heidelberg, karlsruhe, nuremberg, nürnberg,"
    " hannover, bremen, tübingen, 베를린, 뮌헨, ベルリン, ミュンヘン, 柏林, берлин",
    "Europe/Brussels": "antwerp, ghent, leuven, brüssel, bruxelles, brussel",
    "Europe/Bucharest": "bucuresti, cluj, bukarest",
    "Europe/Copenhagen": "aarhus, københavn, kopenhagen",
    "Europe/Helsinki": "espoo, tampere, helsingfors",
    "Europe/Istanbul": "ankara, izmir",
    "Europe/Kyiv": "lviv, kharkiv, odesa, odessa, dnipro, київ",
    "Europe/Lisbon": "porto, lisboa, lissabon",
    "Europe/London": "edinburgh, glasgow, manchester, birmingham, oxford, bristol, leeds,"
    " liverpool, newcastle, belfast, cardiff, cambridge, 런던, ロンドン, 伦敦, 倫敦, londres,"
    " лондон",
    "Europe/Madrid": "barcelona, cordoba, valencia, seville, sevilla, bilbao, malaga, 마드리드,"
    " バルセロナ",
    "Europe/Moscow": "moskau, moskva, moscou, moscu, st petersburg, москва, санкт петербург,"
    " 모스크바, モスクワ, 莫斯科",
    "Europe/Paris": "lyon, marseille, toulouse, nice, bordeaux, lille, grenoble, strasbourg,"
    " nantes, 파리, パリ, 巴黎, париж",
    "Europe/Prague": "brno, praha, prag",
    "Europe/Rome": "milan, milano, turin, torino, naples, napoli, florence, firenze, bologna,"
    " roma, rom, mailand, 로마, 밀라노, ローマ",
    "Europe/Sofia": "plovdiv, софия",
    "Europe/Stockholm": "gothenburg, göteborg, malmö, uppsala",
    "Europe/Vienna": "wien, graz, salzburg, 빈, ウィーン, вена",
    "Europe/Warsaw": "krakow, cracow, wroclaw, gdansk, poznan, lodz, warszawa, warschau",
    "Europe/Zurich": "geneva, genf, genève, basel, bern, lausanne, zuerich, 취리히",
    "Pacific/Auckland": "wellington, christchurch",
    "Pacific/Honolulu": "hawaii",
}

# By code, beside the English names of iso3166.tab.
COUNTRIES = {
    "AE": "uae, emirates",
    "AT": "österreich, oesterreich",
    "BR": "brasil",
    "CH": "schweiz, suisse, svizzera",
    "CN": "中国, 중국",
    "CZ": "czechia, cesko",
    "DE": "deutschland, 독일, ドイツ",
    "DK": "danmark",
    "ES": "españa",
    "FI": "suomi",
    "FR": "프랑스, フランス",
    "GB": "uk, united kingdom, great britain, england, scotland, wales, northern ireland, 영국",
    "GR": "ελλαδα, hellas",
    "HR": "hrvatska",
    "HU": "magyarorszag",
    "IN": "bharat, भारत",
    "IT": "italia",
    "JP": "日本, 일본, にほん, nippon",
    "KR": "한국, 대한민국, 韓国, 韩国",
    "LT": "lietuva",
    "MM": "burma",
    "NL": "holland, nederland",
    "NO": "norge",
    "NZ": "aotearoa",
    "PL": "polska",
    "RU": "россия, russian federation",
    "SE": "sverige",
    "SZ": "swaziland",
    "TH": "ไทย, ประเทศไทย",
    "TR": "türkiye",
    "TW": "台灣, 台湾, 대만",
    "UA": "україна",
    "US": "usa, united states of america, america, 미국, アメリカ",
    "VN": "viet nam, việt nam",
}

# Most of these mean several places; whoever types one chooses.
_CENTRAL_EUROPE = (
    "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Warsaw Europe/Amsterdam"
    " Europe/Brussels Europe/Vienna Europe/Zurich Europe/Prague Europe/Stockholm Europe/Oslo"
    " Europe/Copenhagen Europe/Budapest Europe/Belgrade Europe/Zagreb"
)
_EASTERN_EUROPE = (
    "Europe/Kyiv Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Sofia Europe/Vilnius"
    " Europe/Riga Europe/Tallinn Asia/Nicosia"
)
ABBREVIATIONS = {
    "acst": "Australia/Adelaide Australia/Darwin",
    "acdt": "Australia/Adelaide",
    "aest": "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart",
    "aedt": "Australia/Sydney Australia/Melbourne Australia/Hobart",
    "akst": "America/Anchorage",
    "akdt": "America/Anchorage",
    "art": "America/Argentina/Buenos_Aires",
    "ast": "America/Halifax America/Puerto_Rico Asia/Riyadh",
    "adt": "America/Halifax",
    "awst": "Australia/Perth",
    "brt": "America/Sao_Paulo America/Fortaleza",
    "bst": "Europe/London Asia/Dhaka",
    "cat": "Africa/Maputo Africa/Harare Africa/Lusaka",
    "cdt": "America/Chicago America/Winnipeg America/Havana",
    "cest": _CENTRAL_EUROPE,
    "cet": f"{_CENTRAL_EUROPE} Africa/Algiers Africa/Tunis",
    "cst": "America/Chicago Asia/Shanghai America/Mexico_City America/Winnipeg America/Costa_Rica"
    " America/Havana Asia/Taipei",
    "ct": "America/Chicago",
    "eat": "Africa/Nairobi",
    "edt": "America/New_York America/Toronto",
    "eest": _EASTERN_EUROPE,
    "eet": f"{_EASTERN_EUROPE} Africa/Cairo",
    "est": "America/New_York America/Toronto America/Panama America/Jamaica",
    "et": "America/New_York",
    "gmt": "Etc/UTC Europe/London Africa/Accra Africa/Abidjan Atlantic/Reykjavik",
    "gst": "Asia/Dubai",
    "hkt": "Asia/Hong_Kong",
    "hst": "Pacific/Honolulu",
    "ict": "Asia/Bangkok Asia/Ho_Chi_Minh",
    "idt": "Asia/Jerusalem",
    "ist": "Asia/Kolkata Europe/Dublin Asia/Jerusalem",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "mdt": "America/Denver America/Edmonton",
    "mez": _CENTRAL_EUROPE,
    "mesz": _CENTRAL_EUROPE,
    "msk": "Europe/Moscow",
    "mst": "America/Denver America/Phoenix America/Edmonton",
    "mt": "America/Denver",
    "myt": "Asia/Kuala_Lumpur",
    "nst": "America/St_Johns",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
    "pdt": "America/Los_Angeles America/Vancouver America/Tijuana",
    "pht": "Asia/Manila",
    "pkt": "Asia/Karachi",
    "pst": "America/Los_Angeles America/Vancouver America/Tijuana Asia/Manila",
    "pt": "America/Los_Angeles",
    "sast": "Africa/Johannesburg",
    "sgt": "Asia/Singapore",
    "trt": "Europe/Istanbul",
    "wat": "Africa/Lagos",
    "west": "Europe/Lisbon Atlantic/Canary",
    "wet": "Europe/Lisbon Atlantic/Canary",
    "wib": "Asia/Jakarta",
    "wita": "Asia/Makassar",
    "wit": "Asia/Jayapura",
}
