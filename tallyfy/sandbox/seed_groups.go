package sandbox

// A groupRow is one group of the seed.
type groupRow struct {
	key, name, description string
	shape                  shape // noLogo: the page shows initials
	colour                 uint32
	guests                 string // keys of guestRows
}

// everybodyKey is the group with all members, the invented ones included.
const everybodyKey = "all"

// missingLogoKey is the group whose logo has a URL and a record, but no bytes.
const missingLogoKey = "fac"

// groupRows are ordinary departments and projects, and special cases: an empty group (archive), one
// with one person (pay), one with everybody (all), one with guests only (partners) and one whose
// name is an attack (night).
var groupRows = []groupRow{
	{key: "all", name: "Everyone at Aldermoor", description: "All staff. Company news and mandatory training go here.", shape: rings, colour: 0x1f4e5f},
	{key: "ops", name: "Operations", description: "Plans and runs the daily freight across all sites.", shape: chevrons, colour: 0xc2571a},
	{key: "rtm", name: "Warehouse Rotterdam", description: "Receiving, storage and dispatch at the Maasvlakte site.", shape: grid, colour: 0x2f6f4f},
	{key: "gdn", name: "Warehouse Gdańsk", description: "Receiving, storage and dispatch at the Baltic hub.", shape: grid, colour: 0x7a3e65},
	{key: "fleet", name: "Fleet and Drivers", description: "Vehicles, maintenance windows, tachograph checks.", shape: bars, colour: 0x34507a, guests: "tyres lease"},
	{key: "customs", name: "Customs and Compliance", description: "Declarations, tariff codes, sanctions screening.", shape: diamond, colour: 0x6b5b14, guests: "broker"},
	{key: "care", name: "Customer Care", description: "First answer to every customer, 06:00 to 22:00 UTC.", shape: disc, colour: 0xb03a48},
	{key: "key", name: "Key Accounts", description: "The thirty largest customers, one owner each.", shape: diamond, colour: 0x264653},
	{key: "emea", name: "Sales EMEA", description: "New business in Europe, the Middle East and Africa.", shape: chevrons, colour: 0x3a5a40},
	{key: "amer", name: "Sales Americas", description: "New business from Toronto to Santiago.", shape: chevrons, colour: 0x8a4f7d},
	{key: "mkt", name: "Marketing", description: "Campaigns, trade fairs, website.", shape: disc, colour: 0xd17a22, guests: "print"},
	{key: "fin", name: "Finance", description: "Month-end close, receivables and payables.", shape: bars, colour: 0x2b6777, guests: "audit"},
	{key: "pay", name: "Payroll", description: "Monthly payroll for all entities. Confidential.", shape: noLogo},
	{key: "proc", name: "Procurement", description: "Suppliers, framework contracts, purchase approvals.", shape: grid, colour: 0x5c4b8a},
	{key: "people", name: "People and Culture", description: "Recruiting, onboarding, leave and everything about people.", shape: rings, colour: 0x9c3d54},
	{key: "it", name: "IT Service Desk", description: "Accounts, laptops, scanners. Tickets before noon are answered the same day.", shape: diamond, colour: 0x1d3557},
	{key: "plat", name: "Platform Engineering", description: "Builds and runs the tracking platform.", shape: noLogo},
	{key: "data", name: "Data and Reporting", description: "Dashboards, data quality, weekly figures.", shape: bars, colour: 0x457b9d},
	{key: "legal", name: "Legal", description: "Contracts, claims, data protection.", shape: noLogo, guests: "counsel"},
	{key: "hs", name: "Health and Safety", description: "Inspections, incident follow-up, training records.", shape: disc, colour: 0x2a7f62},
	{key: "qual", name: "Quality", description: "Complaints, corrective actions, supplier audits.", shape: rings, colour: 0x495867},
	{key: "fac", name: "Facilities", description: "Buildings, keys, cleaning, parking.", shape: grid, colour: 0x6d6875, guests: "clean security"},
	{key: "works", name: "Works Council", description: "Elected representatives of the staff.", shape: noLogo},
	{key: "board", name: "Management Board", description: "Weekly board meeting and its decisions.", shape: noLogo},
	{key: "polaris", name: "Project Polaris: new ERP", description: "Replaces three old systems by one. Go-live in two waves.", shape: chevrons, colour: 0x0b525b, guests: "erp erp2"},
	{key: "tern", name: "Project Tern: cold-chain pilot", description: "Pilot with sensor data on forty refrigerated trailers.", shape: disc, colour: 0x197278, guests: "sensor"},
	{key: "peak", name: "Peak Season Task Force", description: "Extra shifts and carrier capacity from October to January.", shape: bars, colour: 0xa44a3f, guests: "temp"},
	{key: "buddy", name: "Onboarding Buddies", description: "Volunteers who look after new colleagues for their first month.", shape: noLogo},
	{key: "iso", name: "ISO 9001 Audit", description: "Prepares the yearly surveillance audit.", shape: diamond, colour: 0x7f5539, guests: "cert"},
	{key: "partners", name: "Carrier Partners", description: "Dispatchers of our partner carriers; no staff.", shape: rings, colour: 0x386641, guests: "carrier1 carrier2 carrier3 carrier4"},
	{key: "green", name: "Sustainability Circle", description: "Measures and lowers the emissions per tonne-kilometre.", shape: noLogo},
	{key: "night", name: "Night Shift <script>alert('hi')</script> & Weekend", description: "Named by a curious colleague. <b>Not bold</b>, please.", shape: noLogo},
	{key: "archive", name: "Archive 2019 Relocation", shape: noLogo},
	{key: "aid", name: "First Aiders", description: "Trained first aiders by site and shift.", shape: disc, colour: 0xbc4749},
}

// A guestRow is one guest of the seed.
type guestRow struct {
	key, first, last, user, company string
}

var guestRows = []guestRow{
	{"tyres", "Bram", "Verhoeven", "bram@tyres", "Verhoeven Banden"},
	{"lease", "Claudia", "Stemmler", "claudia.stemmler@lease", "Fuhrpark Stemmler"},
	{"broker", "Mehmet", "Aksoy", "mehmet@broker", "Aksoy Gümrük"},
	{"print", "Louise", "Perrault", "atelier@print", "Atelier Perrault"},
	{"audit", "Deirdre", "Kavanagh", "d.kavanagh@audit", "Kavanagh & Daughters"},
	{"counsel", "Matthias", "Oberhuber", "oberhuber@counsel", "Kanzlei Oberhuber"},
	{"clean", "Graça", "Monteiro", "graca@clean", "Monteiro Limpezas"},
	{"security", "Tunde", "Balogun", "tunde.balogun@security", "Balogun Guarding"},
	{"erp", "Sunita", "Deshpande", "sunita@erp", "Deshpande Consulting"},
	{"erp2", "Felix", "Brandauer", "felix@erp", "Deshpande Consulting"},
	{"sensor", "Haruka", "Morimoto", "haruka@sensor", "Morimoto Sensing"},
	{"temp", "Paweł", "Zieliński", "pawel@temp", "Zieliński Praca"},
	{"cert", "Annika", "Sjöberg", "annika.sjoberg@cert", "Sjöberg Certifiering"},
	{"carrier1", "Goran", "Marić", "dispatch@maric", "Marić Transport"},
	{"carrier2", "Rosa", "Iglesias", "trafico@iglesias", "Transportes Iglesias"},
	{"carrier3", "Declan", "Hanratty", "ops@hanratty", "Hanratty Haulage"},
	{"carrier4", "Ilze", "Bērziņa", "ilze@berzina", "Bērziņa Kravas"},
	{"", "Old", "Contact", "old.contact@former", ""},
}

// knownBy are the users of those who know a guest, by the guest's key.
var knownBy = map[string]string{"tyres": "soren.kjaergaard emre.yildiz", "lease": "soren.kjaergaard", "audit": "chiara.dangelo", "counsel": "isla.macleod"}

func (g guestRow) email() string { return g.user + ".example.com" }
