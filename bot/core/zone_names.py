"""Names that people use for time zones and that neither IANA nor ``cities.txt`` has."""

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

# Smaller cities, and the commonest ones in the words of those who live there.
CITIES = {
    "Africa/Cairo": "القاهرة, kairo, 카이로",
    "Africa/Casablanca": "marrakech, fez, 카사블랑카",
    "America/Argentina/Buenos_Aires": "부에노스아이레스",
    "America/Bogota": "보고타",
    "America/Chicago": "st louis, birmingham, 시카고, シカゴ, 달라스, 댈러스, 휴스턴, 오스틴,"
    " 芝加哥",
    "America/Denver": "salt lake city",
    "America/Los_Angeles": "stanford, pasadena,"
    " sf, la, palo alto, mountain view, berkeley, silicon valley,"
    " 로스앤젤레스, 샌프란시스코, 시애틀, ロサンゼルス, サンフランシスコ, 洛杉矶, 旧金山,"
    " 로스엔젤레스, 엘에이, 라스베이거스, 산호세, シアトル, 西雅图, 洛杉磯, 舊金山, サンノゼ",
    "America/Mexico_City": "cdmx, ciudad de mexico, queretaro, leon, toluca, 멕시코시티",
    "America/New_York": "ann arbor, ithaca, new haven, durham, nyc, washington dc, buffalo,"
    " princeton, cambridge, portland, 뉴욕, 보스턴, 워싱턴, ニューヨーク, ボストン, 纽约, 紐約,"
    " nueva york, nova york, нью йорк, 애틀랜타, 피츠버그, 필라델피아",
    "America/Santiago": "산티아고",
    "America/Sao_Paulo": "rio, sampa, 상파울루, サンパウロ, 圣保罗",
    "America/Toronto": "waterloo, 토론토, 多伦多, 몬트리올, トロント",
    "America/Vancouver": "victoria, 밴쿠버, 温哥华, バンクーバー",
    "Asia/Almaty": "алматы, 알마티",
    "Asia/Baghdad": "basra",
    "Asia/Bangkok": "chiang mai, phuket, pattaya, กรุงเทพ, กรุงเทพมหานคร, 방콕, バンコク, 曼谷",
    "Asia/Dhaka": "chittagong",
    "Asia/Dubai": "دبي, 두바이, ドバイ, 迪拜",
    "Asia/Ho_Chi_Minh": "ha noi, saigon, hcmc, 하노이, 호치민, 호찌민, 다낭, ハノイ, ホーチミン,"
    " 河内, 胡志明市",
    "Asia/Hong_Kong": "香港, 홍콩",
    "Asia/Jakarta": "자카르타, ジャカルタ, 雅加达",
    "Asia/Jerusalem": "haifa, 텔아비브, תל אביב",
    "Asia/Kolkata": "bombay, bangalore, madras, gurgaon, noida, दिल्ली, मुंबई, 뉴델리, 델리,"
    " 뭄바이, 벵갈루루, デリー, ムンバイ, 新德里, 孟买",
    "Asia/Kuala_Lumpur": "쿠알라룸푸르, クアラルンプール, 吉隆坡",
    "Asia/Makassar": "bali",
    "Asia/Manila": "cebu, 마닐라, マニラ, 马尼拉",
    "Asia/Novosibirsk": "новосибирск",
    "Asia/Riyadh": "mecca, medina, الرياض, 리야드",
    "Asia/Seoul": "pangyo, seongnam, 서울, 부산, 인천, 대구, 대전, 광주, 울산, 수원, 판교, 제주,"
    " ソウル, 首尔, 首爾, сеул, 세종, 성남, 고양, 용인, 청주, 전주, 포항, 釜山, 제주도",
    "Asia/Shanghai": "peking, 北京, 上海, 深圳, 广州, 成都, 杭州, 武汉, 南京, 베이징, 상하이,"
    " 상해, ペキン, シャンハイ, пекин, schanghai, 重庆, 西安, 苏州, 天津, 선전, 광저우",
    "Asia/Singapore": "新加坡, 싱가포르, シンガポール, singapur",
    "Asia/Taipei": "台北, 臺北, 台中, 高雄, 新竹, 타이베이, new taipei, 新北",
    "Asia/Tashkent": "타슈켄트, ташкент",
    "Asia/Tehran": "teheran, تهران, 테헤란",
    "Asia/Tokyo": "tokio, 東京, 大阪, 京都, 横浜, 名古屋, 札幌, 福岡, 神戸, とうきょう, 도쿄,"
    " 동경, 오사카, 东京, токио",
    "Asia/Yekaterinburg": "екатеринбург",
    "Australia/Melbourne": "멜버른, メルボルン, 墨尔本",
    "Australia/Sydney": "nsw, 시드니, シドニー, 悉尼, 雪梨",
    "Etc/UTC": "utc, zulu, universal, coordinated universal time",
    "Europe/Amsterdam": "den haag, eindhoven, 암스테르담, アムステルダム, 阿姆斯特丹",
    "Europe/Athens": "αθηνα, athen, 아테네",
    "Europe/Belgrade": "beograd, novi sad, београд, pristina, kosovo",
    "Europe/Berlin": "aachen, göttingen, freiburg, mainz, bonn, münchen, muenchen, frankfurt,"
    " cologne, koeln, heidelberg, karlsruhe, nürnberg, tübingen, 베를린, 뮌헨, ベルリン,"
    " ミュンヘン, 柏林, берлин, 프랑크푸르트, 함부르크, 慕尼黑, frankfurt main",
    "Europe/Brussels": "ghent, leuven, brüssel, bruxelles, brussel, 브뤼셀, ブリュッセル",
    "Europe/Bucharest": "bucuresti, cluj, bukarest",
    "Europe/Budapest": "부다페스트, ブダペスト",
    "Europe/Copenhagen": "aarhus, københavn, kopenhagen, 코펜하겐",
    "Europe/Dublin": "더블린, ダブリン",
    "Europe/Helsinki": "tampere, helsingfors, 헬싱키",
    "Europe/Istanbul": "이스탄불, イスタンブール, 앙카라, 伊斯坦布尔, стамбул",
    "Europe/Kyiv": "odessa, київ, киев, 키이우, 키예프",
    "Europe/Lisbon": "porto, lisboa, lissabon, 리스본, リスボン",
    "Europe/London": "durham, bath, oxford, newcastle, cambridge, 런던, ロンドン, 伦敦, 倫敦,"
    " londres, лондон, newcastle upon tyne, 맨체스터, 에든버러",
    "Europe/Madrid": "seville, 마드리드, バルセロナ, 바르셀로나, マドリード, 马德里",
    "Europe/Minsk": "минск",
    "Europe/Moscow": "moskau, moskva, moscou, moscu, москва, санкт петербург, 모스크바, モスクワ,"
    " 莫斯科, nizhny novgorod, 상트페테르부르크",
    "Europe/Oslo": "trondheim, bergen, 오슬로",
    "Europe/Paris": "bordeaux, lille, grenoble, strasbourg, 파리, パリ, 巴黎, париж, 리옹",
    "Europe/Prague": "praha, prag, 프라하, プラハ, 布拉格",
    "Europe/Rome": "padova, padua, pisa, trento, milano, torino, napoli, firenze, roma, rom,"
    " mailand, 로마, 밀라노, ローマ, 罗马, 米兰, ミラノ",
    "Europe/Sofia": "софия",
    "Europe/Stockholm": "lund, göteborg, uppsala, 스톡홀름",
    "Europe/Vienna": "wien, salzburg, 빈, ウィーン, вена, 비엔나, 维也纳",
    "Europe/Warsaw": "cracow, warszawa, warschau, 바르샤바, варшава, ワルシャワ",
    "Europe/Zurich": "geneva, genf, genève, basel, bern, lausanne, zuerich, 취리히, 제네바,"
    " zürich, チューリッヒ, 苏黎世",
    "Pacific/Auckland": "오클랜드",
    "Pacific/Honolulu": "하와이, ハワイ, 호놀룰루",
}

# By code, beside the English names of iso3166.tab.
COUNTRIES = {
    "AE": "uae, emirates, 아랍에미리트",
    "AT": "österreich, oesterreich, 오스트리아",
    "AU": "호주, オーストラリア, 澳大利亚, 澳洲",
    "BR": "brasil, 브라질, ブラジル, 巴西",
    "CA": "캐나다, カナダ, 加拿大",
    "CH": "schweiz, suisse, svizzera, 스위스, スイス, 瑞士",
    "CN": "中国, 중국, 中國, 中华人民共和国",
    "CZ": "czechia, cesko",
    "DE": "deutschland, 독일, ドイツ, 德国, 德國, alemania, allemagne, германия",
    "DK": "danmark",
    "ES": "españa, 스페인, スペイン, 西班牙",
    "FI": "suomi",
    "FR": "프랑스, フランス, 法国, 法國, francia",
    "GB": "uk, united kingdom, great britain, england, scotland, wales, northern ireland, 영국,"
    " 英国, イギリス, 英國",
    "GR": "ελλαδα, hellas",
    "HR": "hrvatska",
    "HU": "magyarorszag",
    "ID": "인도네시아, 印尼",
    "IN": "bharat, भारत, 인도, インド, 印度",
    "IT": "italia, 이탈리아, イタリア, 意大利",
    "JP": "日本, 일본, にほん, nippon, japon, japón, japan, япония",
    "KP": "북한, 北朝鮮, 朝鲜",
    "KR": "한국, 대한민국, 韓国, 韩国, south korea, republic of korea, corea, corea del sur,"
    " corée, südkorea, корея, hàn quốc",
    "LT": "lietuva",
    "MM": "burma",
    "MX": "méxico, 멕시코",
    "MY": "말레이시아",
    "NL": "holland, nederland, 네덜란드, オランダ",
    "NO": "norge",
    "NZ": "aotearoa, 뉴질랜드",
    "PH": "필리핀, フィリピン",
    "PL": "polska, 폴란드",
    "RU": "россия, russian federation, 러시아, ロシア, 俄罗斯",
    "SE": "sverige, 스웨덴",
    "SG": "싱가포르, シンガポール",
    "SZ": "swaziland",
    "TH": "ไทย, ประเทศไทย, 태국, タイ, 泰国",
    "TR": "türkiye, 튀르키예, 터키",
    "TW": "台灣, 台湾, 대만, 臺灣, 臺湾",
    "UA": "україна, 우크라이나",
    "US": "usa, united states of america, america, 미국, アメリカ, 美国, 美國, estados unidos,"
    " eeuu, сша",
    "VN": "viet nam, việt nam, 베트남, ベトナム, 越南",
}

# States of the United States, Canada and Australia: a name, and a short one for behind a city.
STATES = {
    "America/New_York": "connecticut:ct,delaware:de,florida:fl,georgia:ga,indiana:in,kentucky:ky,"
    "maine:me,maryland:md,massachusetts:ma,michigan:mi,new hampshire:nh,new jersey:nj,new york:ny,"
    "north carolina:nc,ohio:oh,pennsylvania:pa,rhode island:ri,south carolina:sc,tennessee:tn,"
    "vermont:vt,virginia:va,west virginia:wv,district of columbia:dc",
    "America/Detroit": "michigan:mi",
    "America/Chicago": "alabama:al,arkansas:ar,florida:fl,illinois:il,iowa:ia,kansas:ks,"
    "kentucky:ky,louisiana:la,minnesota:mn,mississippi:ms,missouri:mo,nebraska:ne,"
    "north dakota:nd,oklahoma:ok,south dakota:sd,tennessee:tn,texas:tx,wisconsin:wi",
    "America/Denver": "colorado:co,idaho:id,kansas:ks,montana:mt,nebraska:ne,new mexico:nm,"
    "north dakota:nd,oregon:or,south dakota:sd,texas:tx,utah:ut,wyoming:wy",
    "America/Phoenix": "arizona:az",
    "America/Boise": "idaho:id",
    "America/Indiana/Indianapolis": "indiana:in",
    "America/Los_Angeles": "california:ca,idaho:id,nevada:nv,oregon:or,washington:wa",
    "America/Anchorage": "alaska:ak",
    "Pacific/Honolulu": "hawaii:hi",
    "America/Toronto": "ontario:on,quebec:qc",
    "America/Halifax": "nova scotia:ns,prince edward island:pe",
    "America/Moncton": "new brunswick:nb",
    "America/St_Johns": "newfoundland:nl",
    "America/Winnipeg": "manitoba:mb",
    "America/Regina": "saskatchewan:sk",
    "America/Edmonton": "alberta:ab",
    "America/Vancouver": "british columbia:bc",
    "Australia/Sydney": "new south wales:nsw",
    "Australia/Melbourne": "victoria:vic",
    "Australia/Brisbane": "queensland:qld",
    "Australia/Adelaide": "south australia:sa",
    "Australia/Perth": "western australia:wa",
    "Australia/Hobart": "tasmania:tas",
    "Australia/Darwin": "northern territory:nt",
}

# Most of these mean several places, so the person who types one chooses.
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
    "est5edt": "America/New_York",
    "cst6cdt": "America/Chicago",
    "mst7mdt": "America/Denver",
    "pst8pdt": "America/Los_Angeles",
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
    "z": "Etc/UTC",
}

# What people write beside a place and mean nothing by, as plain names (``zones.plain_name``).
TIME_WORDS = (
    r"\bus and canada\b"
    r"|\b(?:(?:local|current|standard|daylight|savings?|summer|winter) )*time(?: ?zones?)?\b"
    r"|\bin\b|\bmy\b|\bhora(?: (?:local )?(?:de|en))?\b|\bheure(?: (?:de|a))?\b"
    r"|\bora(?:rio)? (?:di|a)\b|\b(?:uhr)?zeit\b"
    r"|\bsaati\b|\b(?:по )?врем(?:я|ени)\b|(?:표준 ?)?(?:시간대|시간|시각)|표준시|기준"
    r"|(?:標準|标准|夏令)?(?:時間|时间|時)"
)

# Times by their names, without "standard time": what Windows calls its
# zones (as CLDR's windowsZones.xml maps them) and what browsers say; what no place says already.
STANDARD_TIMES = {
    "Africa/Johannesburg": "south africa, south african",
    "Africa/Lagos": "w central africa, west africa",
    "Africa/Maputo Africa/Harare Africa/Lusaka": "central africa",
    "Africa/Nairobi": "e africa, east africa, eastern africa",
    "America/Adak": "aleutian",
    "America/Anchorage": "alaskan",
    "America/Araguaina": "tocantins",
    "America/Bogota": "sa pacific",
    "America/Cancun": "eastern standard time mexico, eastern time mexico",
    "America/Cayenne": "sa eastern",
    "America/Chicago": "central, us central, north american central",
    "America/Cuiaba": "central brazilian",
    "America/Denver": "mountain, us mountain time, north american mountain",
    "America/Grand_Turk": "turks and caicos",
    "America/Guatemala": "central america",
    "America/Halifax": "atlantic",
    "America/Indiana/Indianapolis": "us eastern standard time",
    "America/La_Paz": "sa western",
    "America/Los_Angeles": "pacific, us pacific, north american pacific",
    "America/Mazatlan": "mountain standard time mexico, mexican pacific",
    "America/Mexico_City": "central standard time mexico",
    "America/Miquelon": "st pierre",
    "America/New_York America/Toronto": "eastern, us eastern, north american eastern",
    "America/Nuuk": "greenland",
    "America/Phoenix": "us mountain standard time",
    "America/Punta_Arenas": "magallanes",
    "America/Regina": "canada central",
    "America/Santiago": "pacific sa",
    "America/Sao_Paulo": "e south america, brasilia, horario de brasilia",
    "America/Tijuana": "pacific standard time mexico",
    "America/Whitehorse": "yukon",
    "Asia/Baghdad": "arabic",
    "Asia/Bangkok": "se asia",
    "Asia/Bangkok Asia/Ho_Chi_Minh": "indochina",
    "Asia/Barnaul": "altai",
    "Asia/Beirut": "middle east",
    "Asia/Bishkek": "central asia",
    "Asia/Chita": "transbaikal",
    "Asia/Dubai": "arabian, gulf",
    "Asia/Hebron": "west bank",
    "Asia/Hovd": "w mongolia",
    "Asia/Irkutsk": "north asia east",
    "Asia/Jakarta": "western indonesia",
    "Asia/Jayapura": "eastern indonesia",
    "Asia/Kamchatka": "russia time zone 11",
    "Asia/Kolkata": "indian",
    "Asia/Krasnoyarsk": "north asia",
    "Asia/Makassar": "central indonesia",
    "Asia/Manila": "philippine",
    "Asia/Novosibirsk": "n central asia",
    "Asia/Riyadh": "arab, arabia",
    "Asia/Seoul": "korean",
    "Asia/Shanghai": "chinese, 北京标准, china",
    "Asia/Srednekolymsk": "russia time zone 10",
    "Asia/Tashkent": "west asia",
    "Asia/Tbilisi": "georgian",
    "Asia/Tokyo": "japanese",
    "Asia/Yekaterinburg": "ekaterinburg",
    "Asia/Yerevan": "caucasus",
    "Atlantic/Reykjavik": "greenwich standard time",
    "Australia/Adelaide": "cen australia, central australia",
    "Australia/Adelaide Australia/Darwin": "australian central",
    "Australia/Brisbane": "e australia",
    "Australia/Darwin": "aus central",
    "Australia/Eucla": "aus central w",
    "Australia/Perth": "w australia, australian western",
    "Australia/Sydney": "aus eastern",
    "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart": (
        "australian eastern"
    ),
    "Etc/UTC Europe/London Africa/Accra Africa/Abidjan Atlantic/Reykjavik": "greenwich mean",
    "Europe/Berlin": "w europe, deutsche",
    "Europe/Bucharest": "gtb",
    "Europe/Budapest": "central europe",
    "Europe/Chisinau": "e europe",
    "Europe/Kyiv": "fle",
    "Europe/London": "gmt standard time, gmt daylight time, british, uk",
    "Europe/Moscow": "russian, мск, московское, московскому",
    "Europe/Paris": "romance",
    "Europe/Samara": "russia time zone 3",
    _CENTRAL_EUROPE: "central european, middle european, mitteleuropaische, hora central europea",
    _EASTERN_EUROPE: "eastern european, osteuropaische",
    "Europe/Lisbon Atlantic/Canary": "western european",
    "Pacific/Apia": "samoa",
    "Pacific/Auckland": "new zealand",
    "Pacific/Chatham": "chatham islands",
    "Pacific/Easter": "easter island, isla de pascua",
    "Pacific/Guadalcanal": "central pacific",
    "Pacific/Honolulu": "hawaiian, hawaii aleutian",
    "Pacific/Kiritimati": "line islands",
    "Pacific/Port_Moresby": "west pacific",
}
