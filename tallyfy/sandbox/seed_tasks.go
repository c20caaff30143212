package sandbox

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

const seedTaskCount = 400

// titles are the titles of tasks, by the key of their group. {n} becomes a number, {site}, {month}
// and {customer} a name.
var titles = map[string][]string{
	"ops":     {"Confirm dispatch plan for week {n}", "Rebook delayed container MSKU{n}", "Release stock transfer {site}", "Check slot bookings for {customer}"},
	"rtm":     {"Count bay {n} in Rotterdam", "Inspect damaged pallets from {customer}", "Sign off inbound shift report", "Repair request: dock leveller {n}"},
	"gdn":     {"Count bay {n} in Gdańsk", "Approve overtime for the {month} inventory", "Relabel hazardous goods shelf {n}", "Sign off outbound shift report"},
	"fleet":   {"Renew insurance for truck {n}", "Book inspection for trailer {n}", "Upload tachograph data, {month}", "Replace winter tyres, truck {n}"},
	"customs": {"File export declaration {n}", "Verify tariff code for {customer}", "Screen new consignee of {customer}", "Answer query from customs, case {n}"},
	"care":    {"Reply to complaint {n} from {customer}", "Call back {customer} about a late delivery", "Update the holiday greeting", "Close claims older than 30 days"},
	"key":     {"Prepare quarterly review with {customer}", "Renew framework contract, {customer}", "Send volume forecast to {customer}"},
	"emea":    {"Write offer {n} for {customer}", "Follow up on trade-fair leads", "Clean up pipeline, {month}"},
	"amer":    {"Write offer {n} for {customer}", "Translate price list to Portuguese", "Visit report: {customer}"},
	"mkt":     {"Proofread case study about {customer}", "Order stand material for the {month} fair", "Publish newsletter, {month}"},
	"fin":     {"Approve invoice {n}", "Reconcile bank account, {month}", "Chase overdue payment of {customer}", "Review accruals, {month}"},
	"pay":     {"Close payroll, {month}", "Check bonus payments, {month}", "Answer payslip question {n}"},
	"proc":    {"Compare quotes for order {n}", "Assess supplier risk: {customer}", "Extend pallet contract, {site}"},
	"people":  {"Prepare contract for new starter {n}", "Plan first week of the new starters in {month}", "Exit interview notes", "Check right-to-work documents, case {n}"},
	"it":      {"Replace scanner {n} in {site}", "Revoke VPN access, ticket {n}", "Set up laptop for ticket {n}", "Test backup restore, {month}"},
	"plat":    {"Review change {n}", "Rotate API credentials, {month}", "Fix flaky tracking test {n}"},
	"data":    {"Publish on-time report, {month}", "Explain outlier in {site} figures", "Clean duplicate customer records: {customer}"},
	"legal":   {"Review confidentiality agreement with {customer}", "Answer data access request {n}", "Check liability clause, contract {n}"},
	"hs":      {"Walk-through {site}: close findings", "Investigate near miss {n}", "Renew forklift licences, {month}"},
	"qual":    {"Corrective action {n}: confirm root cause", "Audit supplier {customer}", "Release updated work instruction {n}"},
	"fac":     {"Replace lock of room {n}", "Tender cleaning for {site}", "Fire alarm test, {month}"},
	"polaris": {"Map article master data, wave {n}", "Sign off test script {n}", "Train key users in {site}"},
	"tern":    {"Calibrate sensor batch {n}", "Evaluate pilot data, {month}", "Agree alarm limits with {customer}"},
	"peak":    {"Book temporary staff for {site}", "Confirm extra carrier for week {n}", "Review peak plan with {customer}"},
	"iso":     {"Collect audit evidence, chapter {n}", "Update process map {n}"},
	"night":   {"Hand over night report {n}", "Check emergency lighting in {site}"},
	"buddy":   {"Lunch with the new starter in {site}", "30-day check-in, {month}"},
	"aid":     {"Refill first-aid kit {n}", "Book refresher course, {month}"},
}

var (
	customers = []string{"Fenwright Foods", "Larchmont Pharma", "Ostrava Glasswerk", "Halcyon Ceramics", "Mirador Wines", "Tansy & Rook", "Kestrelline Bikes", "Novembra Textil"}
	sites     = []string{"Rotterdam", "Gdańsk", "Porto", "Gothenburg", "Santos"}
	months    = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)

func seedTasks(o *organisation, now time.Time, groups map[string]*group) {
	rnd := dice(3)
	keys := taskKeys()
	hands := map[string][]*member{}
	for _, key := range keys {
		hands[key] = workers(o, key)
	}
	for i := range seedTaskCount {
		key := keys[i%len(keys)]
		t := &task{id: makeID(o.id+"/task", i+1), title: title(rnd, key), status: taskActive}
		t.createdAt = now.Add(-time.Duration(1+rnd.IntN(90*24)) * time.Hour)
		if rnd.IntN(10) < 4 {
			t.status = taskCompleted
		}
		if rnd.IntN(10) > 0 {
			t.deadline = now.Truncate(time.Hour).Add(time.Duration(rnd.IntN(75)-15)*day + time.Duration(rnd.IntN(9))*time.Hour)
		}
		if rnd.IntN(10) < 7 {
			t.run = makeID(o.id+"/run", rnd.IntN(60))
		}
		assign(rnd, t, slices.Clone(hands[key]), groups[key])
		if guests := groups[key].guests; i%3 == 0 && len(guests) > 0 { // some of them help out
			t.guests = []string{strings.ToLower(guests[i/len(keys)%len(guests)])}
		}
		o.tasks = append(o.tasks, t)
	}
}

// taskKeys are the groups with work, in the order of the rows. A map has no lasting order.
func taskKeys() []string {
	var keys []string
	for _, row := range groupRows {
		if titles[row.key] != nil {
			keys = append(keys, row.key)
		}
	}
	return keys
}

// assign gives a task to a group (one in six), to one of its people, or to two or three of them
// (one in six).
func assign(rnd *rand.Rand, t *task, candidates []*member, g *group) {
	t.owners = []*member{}
	kind := rnd.IntN(6)
	if kind == 0 {
		t.groups = []*group{g}
		return
	}
	rnd.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
	n := 1
	if kind == 1 {
		n = 2 + rnd.IntN(2)
		if rnd.IntN(3) == 0 {
			t.groups = []*group{g} // people and their group together
		}
	}
	for _, m := range candidates {
		if len(t.owners) < n && !slices.Contains(t.owners, m) {
			t.owners = append(t.owners, m)
		}
	}
}

// workers are the people of a seed group who have work: those who can do it, and one who was
// disabled lately.
func workers(o *organisation, key string) []*member {
	var found []*member
	for i, p := range people {
		if m := o.members[i]; p.isIn(key) && p.user != idleUser && (m.canWork() || p.user == leftUser) {
			found = append(found, m)
			if p.user == busyUser || p.user == leftUser {
				found = append(found, m) // twice the chance
			}
		}
	}
	return found
}

func title(rnd *rand.Rand, key string) string {
	values := [...][2]string{
		{"{n}", strconv.Itoa(2 + rnd.IntN(60))},
		{"{customer}", customers[rnd.IntN(len(customers))]},
		{"{site}", sites[rnd.IntN(len(sites))]},
		{"{month}", months[rnd.IntN(len(months))]},
	}
	text := titles[key][rnd.IntN(len(titles[key]))]
	for _, v := range values {
		text = strings.ReplaceAll(text, v[0], v[1])
	}
	return text
}
