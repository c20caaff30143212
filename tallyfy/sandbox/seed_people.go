package sandbox

import "strings"

// The people behind the tokens.
const (
	adminEmail     = "maren.dahl@example.com"
	colleagueEmail = "kwame.asante@example.com"
	standardEmail  = "tomas.herrera@example.com"
	lightEmail     = "lukasz.wisniewski@example.com"
)

// The people with a part in the demo, by user.
const (
	busyUser = "soren.kjaergaard" // many groups and a share of all work, so that handing over a lot can be tried
	soloUser = "chiara.dangelo"   // alone in a group, which a removal empties
	idleUser = "noor.vandermeer"  // only in the group with everybody, and owns no task
	leftUser = "gareth.pugh"      // disabled and still owns open work
)

// A person is one row of the seed. All are invented; example.com belongs to nobody (RFC 2606).
type person struct {
	first, last, user string // user is the part of the email before @example.com
	role, title, zone string
	groups            string // keys of groupRows; the group with everybody is added to all
	joined            int    // days ago; 0: spread over the past years by seedPeople
	status            string // "" is active
	kind              string // "" is standard
}

// people are ordinary members, and cases that pages about people get wrong: an administrator who is
// not the default one (maren.dahl), the default one (ingrid.solheim), the only member of a group
// (chiara.dangelo), a member with many groups and much open work (soren.kjaergaard), one with
// neither (noor.vandermeer), two with one name (anna.kowalska and a.kowalska), accents,
// apostrophes, right-to-left scripts, a bot, three invited members, two disabled ones of whom one
// still owns open work (gareth.pugh), and eight who joined in the last 30 days.
var people = []person{
	{first: "Ingrid", last: "Solheim", user: "ingrid.solheim", role: roleAdmin, title: "Managing Director", zone: "Europe/Oslo", groups: "board legal fin"},
	{first: "Maren", last: "Dahl", user: "maren.dahl", role: roleAdmin, title: "Head of Business Operations", zone: "Europe/Oslo", groups: "board ops people polaris buddy"},
	{first: "Tomás", last: "Herrera", user: "tomas.herrera", role: roleStandard, title: "Operations Planner", zone: "Europe/Madrid", groups: "ops peak"},
	{first: "Søren", last: "Kjærgaard", user: "soren.kjaergaard", role: roleStandard, title: "Operations Manager", zone: "Europe/Copenhagen", groups: "ops rtm gdn fleet peak tern polaris hs qual iso buddy night"},
	{first: "Chiara", last: "D'Angelo", user: "chiara.dangelo", role: roleStandard, title: "Payroll Specialist", zone: "Europe/Rome", groups: "pay fin people"},
	{first: "Noor", last: "van der Meer", user: "noor.vandermeer", role: roleLight, title: "Board Secretary", zone: "Europe/Amsterdam"},
	{first: "Anna", last: "Kowalska", user: "anna.kowalska", role: roleStandard, title: "Warehouse Manager, Gdańsk", zone: "Europe/Warsaw", groups: "gdn ops hs peak"},
	{first: "Anna", last: "Kowalska", user: "a.kowalska", role: roleStandard, title: "Data Analyst", zone: "Europe/Warsaw", groups: "data polaris"},
	{first: "Siobhán", last: "O'Brien", user: "siobhan.obrien", role: roleStandard, title: "Customer Care Lead", zone: "Europe/Dublin", groups: "care buddy peak"},
	{first: "ליאור", last: "בן־דוד", user: "lior.bendavid", role: roleStandard, title: "Platform Engineer", zone: "Asia/Jerusalem", groups: "plat it polaris"},
	{first: "ليلى", last: "الحداد", user: "layla.alhaddad", role: roleStandard, title: "Key Account Manager", zone: "Asia/Dubai", groups: "key emea tern"},
	{first: "Kwame", last: "Asante", user: "kwame.asante", role: roleAdmin, title: "Head of IT", zone: "Africa/Accra", groups: "it plat board polaris"},
	{first: "Yuki", last: "Tanabe", user: "yuki.tanabe", role: roleStandard, title: "Customs Specialist", zone: "Asia/Tokyo", groups: "customs legal"},
	{first: "Zoë", last: "Lindqvist", user: "zoe.lindqvist", role: roleStandard, title: "Sustainability Lead", zone: "Europe/Stockholm", groups: "green qual proc"},
	{first: "Łukasz", last: "Wiśniewski", user: "lukasz.wisniewski", role: roleLight, title: "Shift Supervisor", zone: "Europe/Warsaw", groups: "gdn night hs aid"},
	{first: "Priya", last: "Raghunathan", user: "priya.raghunathan", role: roleStandard, title: "Financial Controller", zone: "Asia/Kolkata", groups: "fin proc iso"},
	{first: "Mateus", last: "Figueiredo", user: "mateus.figueiredo", role: roleStandard, title: "Sales Director, Americas", zone: "America/Sao_Paulo", groups: "amer key board"},
	{first: "Hanneke", last: "de Wit", user: "hanneke.dewit", role: roleStandard, title: "Warehouse Manager, Rotterdam", zone: "Europe/Amsterdam", groups: "rtm ops hs peak tern"},
	{first: "Đorđe", last: "Petrović", user: "dorde.petrovic", role: roleLight, title: "Fleet Mechanic", zone: "Europe/Belgrade", groups: "fleet aid"},
	{first: "Fatou", last: "N'Diaye", user: "fatou.ndiaye", role: roleStandard, title: "HR Business Partner", zone: "Africa/Dakar", groups: "people buddy works"},
	{first: "Marek", last: "Dvořák", user: "marek.dvorak", role: roleStandard, title: "Quality Engineer", zone: "Europe/Prague", groups: "qual iso"},
	{first: "Isla", last: "MacLeod", user: "isla.macleod", role: roleStandard, title: "Legal Counsel", zone: "Europe/London", groups: "legal customs works"},
	{first: "Nguyễn", last: "Thị Mai", user: "mai.nguyen", role: roleStandard, title: "Procurement Manager", zone: "Asia/Ho_Chi_Minh", groups: "proc fin tern"},
	{first: "Gareth", last: "Pugh", user: "gareth.pugh", role: roleStandard, title: "Transport Planner", zone: "Europe/London", groups: "fleet ops peak", status: statusDisabled},
	{first: "Renske", last: "Bakker", user: "renske.bakker", role: roleLight, title: "Dock Coordinator", zone: "Europe/Amsterdam", groups: "rtm peak aid"},
	{first: "Emre", last: "Yıldız", user: "emre.yildiz", role: roleStandard, title: "Fleet Manager", zone: "Europe/Istanbul", groups: "fleet ops hs green"},
	{first: "Amélie", last: "Rousseau", user: "amelie.rousseau", role: roleStandard, title: "Head of Marketing", zone: "Europe/Paris", groups: "mkt board green"},
	{first: "Juan Carlos", last: "Peñaloza", user: "juancarlos.penaloza", role: roleStandard, title: "Account Executive", zone: "America/Bogota", groups: "amer"},
	{first: "Aino", last: "Mäkelä", user: "aino.makela", role: roleStandard, title: "Software Engineer", zone: "Europe/Helsinki", groups: "plat polaris"},
	{first: "Viktor", last: "Ionescu", user: "viktor.ionescu", role: roleAdmin, title: "IT Administrator", zone: "Europe/Bucharest", groups: "it plat"},
	{first: "Oluwaseun", last: "Adeyemi", user: "seun.adeyemi", role: roleStandard, title: "Data Engineer", zone: "Africa/Lagos", groups: "data plat"},
	{first: "Sanne", last: "Jacobs", user: "sanne.jacobs", role: roleLight, title: "Forklift Trainer", zone: "Europe/Brussels", groups: "rtm hs aid"},
	{first: "Dmytro", last: "Shevchuk", user: "dmytro.shevchuk", role: roleStandard, title: "Network Engineer", zone: "Europe/Kyiv", groups: "it"},
	{first: "Camila", last: "Ortega Ruiz", user: "camila.ortega", role: roleStandard, title: "Customer Care Agent", zone: "America/Mexico_City", groups: "care amer"},
	{first: "Jonas", last: "Weiß", user: "jonas.weiss", role: roleStandard, title: "Sales Manager, EMEA", zone: "Europe/Berlin", groups: "emea key"},
	{first: "Mei-Ling", last: "Hsu", user: "meiling.hsu", role: roleStandard, title: "Product Owner", zone: "Asia/Taipei", groups: "polaris data care"},
	{first: "Ruairí", last: "Fitzgerald", user: "ruairi.fitzgerald", role: roleLight, title: "Night Shift Lead", zone: "Europe/Dublin", groups: "night rtm aid"},
	{first: "Esi", last: "Mensah", user: "esi.mensah", role: roleStandard, title: "Accounts Payable", zone: "Africa/Accra", groups: "fin"},
	{first: "Björn", last: "Hallgrímsson", user: "bjorn.hallgrimsson", role: roleStandard, title: "Cold-Chain Engineer", zone: "Atlantic/Reykjavik", groups: "tern qual"},
	{first: "Aldermoor", last: "Assistant", user: "assistant.bot", role: roleStandard, title: "Automation", zone: "UTC", groups: "it data", kind: kindBot},
	{first: "Tamar", last: "Beridze", user: "tamar.beridze", role: roleStandard, title: "Customs Manager", zone: "Asia/Tbilisi", groups: "customs iso"},
	{first: "Callum", last: "Ngata", user: "callum.ngata", role: roleStandard, title: "Carrier Relations", zone: "Pacific/Auckland", groups: "proc key"},
	{first: "Élodie", last: "Tremblay", user: "elodie.tremblay", role: roleStandard, title: "Content Editor", zone: "America/Toronto", groups: "mkt"},
	{first: "Sipho", last: "Dlamini", user: "sipho.dlamini", role: roleLight, title: "Driver", zone: "Africa/Johannesburg", groups: "fleet works"},
	{first: "Petra", last: "Novotná", user: "petra.novotna", role: roleLight, title: "Facilities Coordinator", zone: "Europe/Prague", groups: "fac hs"},
	{first: "Wanjiru", last: "Kamau", user: "wanjiru.kamau", role: roleStandard, title: "Recruiter", zone: "Africa/Nairobi", groups: "people buddy"},
	{first: "Arjun", last: "Mehta", user: "arjun.mehta", role: roleStandard, title: "Reporting Lead", zone: "Asia/Kolkata", groups: "data fin"},
	{first: "Marisol", last: "Quispe", user: "marisol.quispe", role: roleStandard, title: "Key Account Manager", zone: "America/Lima", groups: "key amer care", status: statusDisabled},
	{first: "Giulia", last: "Dell'Acqua", user: "giulia.dellacqua", role: roleStandard, title: "Workplace Manager", zone: "Europe/Rome", groups: "fac works green"},
	{first: "Oskar", last: "Nyström", user: "oskar.nystrom", role: roleStandard, title: "Transport Planner", zone: "Europe/Stockholm", groups: "fleet ops peak", joined: 3},
	{first: "Nadia", last: "Benali", user: "nadia.benali", role: roleStandard, title: "Customer Care Agent", zone: "Africa/Casablanca", groups: "care", joined: 6},
	{first: "Hugo", last: "Marchetti", user: "hugo.marchetti", role: roleLight, title: "Dock Coordinator", zone: "Europe/Rome", groups: "rtm", joined: 9},
	{first: "Eun-ji", last: "Baek", user: "eunji.baek", role: roleStandard, title: "UX Designer", zone: "Asia/Seoul", groups: "polaris mkt", joined: 12},
	{first: "Samuel", last: "Okafor", user: "samuel.okafor", role: roleStandard, title: "Service Desk Agent", zone: "Africa/Lagos", groups: "it", joined: 17},
	{first: "Freya", last: "Whitcombe", user: "freya.whitcombe", role: roleStandard, title: "Junior Buyer", zone: "Europe/London", groups: "proc", joined: 21},
	{first: "Ramón", last: "Etxeberria", user: "ramon.etxeberria", role: roleStandard, title: "Safety Officer", zone: "Europe/Madrid", groups: "hs qual aid", joined: 25},
	{first: "Thandiwe", last: "Moyo", user: "thandiwe.moyo", role: roleStandard, title: "Sales Manager, EMEA", zone: "Africa/Harare", groups: "emea", joined: 28},
	{first: "Lena", last: "Fischbacher", user: "lena.fischbacher", role: roleStandard, title: "Tax Advisor", zone: "Europe/Vienna", groups: "fin", status: statusInvited, joined: 34},
	{first: "Ibrahim", last: "Sow", user: "ibrahim.sow", role: roleLight, title: "Driver", zone: "Africa/Dakar", groups: "fleet", status: statusInvited, joined: 41},
	{first: "Katarzyna", last: "Żak", user: "katarzyna.zak", role: roleStandard, title: "Night Shift Planner", zone: "Europe/Warsaw", groups: "night", status: statusInvited, joined: 58},
}

func (p person) email() string { return p.user + "@example.com" }

func (p person) isIn(key string) bool {
	for k := range strings.FieldsSeq(p.groups) {
		if k == key {
			return true
		}
	}
	return false
}

// offsets are those of standard time: the seed does not follow the clock changes.
var offsets = map[string]string{
	"UTC": "+00:00", "Africa/Accra": "+00:00", "Africa/Casablanca": "+01:00", "Africa/Dakar": "+00:00",
	"Africa/Harare": "+02:00", "Africa/Johannesburg": "+02:00", "Africa/Lagos": "+01:00", "Africa/Nairobi": "+03:00",
	"America/Bogota": "-05:00", "America/Lima": "-05:00", "America/Mexico_City": "-06:00", "America/Sao_Paulo": "-03:00",
	"America/Toronto": "-05:00", "Asia/Dubai": "+04:00", "Asia/Ho_Chi_Minh": "+07:00", "Asia/Jerusalem": "+02:00",
	"Asia/Kolkata": "+05:30", "Asia/Seoul": "+09:00", "Asia/Taipei": "+08:00", "Asia/Tbilisi": "+04:00",
	"Asia/Tokyo": "+09:00", "Atlantic/Reykjavik": "+00:00", "Europe/Amsterdam": "+01:00", "Europe/Belgrade": "+01:00",
	"Europe/Berlin": "+01:00", "Europe/Brussels": "+01:00", "Europe/Bucharest": "+02:00", "Europe/Copenhagen": "+01:00",
	"Europe/Dublin": "+00:00", "Europe/Helsinki": "+02:00", "Europe/Istanbul": "+03:00", "Europe/Kyiv": "+02:00",
	"Europe/London": "+00:00", "Europe/Madrid": "+01:00", "Europe/Oslo": "+01:00", "Europe/Paris": "+01:00",
	"Europe/Prague": "+01:00", "Europe/Rome": "+01:00", "Europe/Stockholm": "+01:00", "Europe/Vienna": "+01:00",
	"Europe/Warsaw": "+01:00", "Pacific/Auckland": "+12:00",
}

func utcOffset(zone string) string { return offsets[zone] }
