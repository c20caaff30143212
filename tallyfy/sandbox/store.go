package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An organisation is one tenant's data. It has no lock of its own: the server's mutex guards both
// organisations.
//
// Slices of ids and emails are never changed in place, only replaced. An answer that was built
// under the lock can then be encoded after its release.
type organisation struct {
	id, name  string
	createdAt time.Time

	members     []*member // in the order they came, which is also the order of their ids
	memberByID  map[int]*member
	groups      []*group
	groupByID   map[string]*group
	groupByName map[string]*group // by foldName: names are unique in any letter case
	groupsOf    map[int][]*group  // by member id: a list of members with their groups must not scan every group
	guests      []*guest
	guestBy     map[string]*guest // by email in lower case
	tasks       []*task
	handOvers   []*handOver
	files       map[string]*file

	invited map[string]int // by day: how many invitations were sent

	activity     []activity // the oldest first
	lastActivity int

	groupOrders map[string][]*group // by sort field, built when first asked for, dropped by every change to groups
	lastGuestID int
	lastGroupNo int
}

type member struct {
	id                                   int
	email, firstName, lastName, jobTitle string
	phone, timezone                      string
	role, status, kind                   string // kind is what the API calls type
	defaultAdmin                         bool
	invitedBy                            int
	lastLoginAt, activatedAt             time.Time
	createdAt, updatedAt                 time.Time
	stats                                memberStats
	left                                 []*group // those that a removal or a disabling took the member out of
}

type memberStats struct {
	stepsCreated, tasksCompleted, processesLaunched, checklistsCreated int
	lastStepCreatedAt                                                  time.Time
}

type group struct {
	id, name, description string
	members               []int // a member deleted for good leaves the id behind
	guests                []string
	logo                  string // file id, empty without a logo
	createdAt, updatedAt  time.Time
	text                  string // name and description in lower case: what q searches
}

type guest struct {
	id                                   int
	email, firstName, lastName           string
	company, status, link                string
	createdAt, lastAccessedAt, deletedAt time.Time
	disabledAt                           time.Time
	knownBy                              []int // ids of members: what the API calls associated members
}

type task struct {
	id, title, status, run string
	deadline, createdAt    time.Time
	owners                 []*member // by pointer: the name outlives a deletion for good
	groups                 []*group
	guests                 []string // addresses
}

// Values of the API that the store compares with.
const (
	roleAdmin, roleStandard, roleLight          = "admin", "standard", "light"
	statusActive, statusInvited, statusDisabled = "active", "invited", "disabled"
	kindStandard, kindBot                       = "standard", "bot"
	taskActive, taskCompleted                   = "active", "completed"
)

func newOrganisation(id, name string, createdAt time.Time) *organisation {
	return &organisation{
		id: id, name: name, createdAt: createdAt,
		memberByID: map[int]*member{}, groupByID: map[string]*group{}, groupByName: map[string]*group{},
		groupsOf: map[int][]*group{}, guestBy: map[string]*guest{}, files: map[string]*file{}, invited: map[string]int{},
	}
}

// makeID makes an id: the same kind and number give the same 32 hexadecimal characters at every
// start.
func makeID(kind string, n int) string {
	sum := sha256.Sum256([]byte(kind + "/" + strconv.Itoa(n)))
	return hex.EncodeToString(sum[:16])
}

func foldName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func (m *member) fullName() string { return strings.TrimSpace(m.firstName + " " + m.lastName) }
func (m *member) isBot() bool      { return m.kind == kindBot }

// canWork reports whether the member can be given tasks.
func (m *member) canWork() bool { return m.status == statusActive && !m.isBot() }

func (m *member) isActiveAdmin() bool { return m.role == roleAdmin && m.canWork() }

func (o *organisation) addMember(m *member) {
	o.members = append(o.members, m)
	o.memberByID[m.id] = m
}

func (o *organisation) addGuest(g *guest) {
	if g.id == 0 {
		o.lastGuestID++
		g.id = o.lastGuestID
	}
	o.lastGuestID = max(o.lastGuestID, g.id)
	o.guests = append(o.guests, g)
	o.guestBy[strings.ToLower(g.email)] = g
}

// addGroup gives the group its id and puts it into every index.
func (o *organisation) addGroup(g *group) {
	o.lastGroupNo++
	g.id = makeID(o.id+"/group", o.lastGroupNo)
	g.text = searchText(g.name, g.description)
	o.groups = append(o.groups, g)
	o.groupByID[g.id] = g
	o.groupByName[foldName(g.name)] = g
	for _, id := range g.members {
		o.groupsOf[id] = append(o.groupsOf[id], g)
	}
	o.groupOrders = nil
}

// updateGroup replaces name and description, and the lists that are not nil.
func (o *organisation) updateGroup(g *group, name, description string, members *[]int, guests *[]string, now time.Time) {
	delete(o.groupByName, foldName(g.name))
	g.name, g.description, g.updatedAt = name, description, now
	g.text = searchText(name, description)
	o.groupByName[foldName(name)] = g
	if members != nil {
		o.setMembers(g, *members)
	}
	if guests != nil {
		g.guests = *guests
	}
	o.groupOrders = nil
}

func (o *organisation) setMembers(g *group, members []int) {
	for _, id := range g.members {
		o.leave(id, g)
	}
	for _, id := range members {
		o.groupsOf[id] = append(o.groupsOf[id], g)
	}
	g.members = members
}

func (o *organisation) leave(id int, g *group) {
	o.groupsOf[id] = without(o.groupsOf[id], g)
}

func (o *organisation) deleteGroup(g *group) {
	for _, id := range g.members {
		o.leave(id, g)
	}
	for _, t := range o.tasks {
		t.groups = without(t.groups, g)
	}
	o.groups = without(o.groups, g)
	delete(o.groupByID, g.id)
	delete(o.groupByName, foldName(g.name))
	o.groupOrders = nil
}

// takeOutOfGroups removes the member from every group. Guests and other members stay.
func (o *organisation) takeOutOfGroups(m *member, now time.Time) {
	for _, g := range o.groupsOf[m.id] {
		g.members = without(g.members, m.id)
		g.updatedAt = now
	}
	m.left = append(m.left, o.groupsOf[m.id]...)
	delete(o.groupsOf, m.id)
	o.groupOrders = nil
}

// putBackInGroups undoes takeOutOfGroups where the group still exists.
func (o *organisation) putBackInGroups(m *member, now time.Time) {
	for _, g := range m.left {
		if o.groupByID[g.id] != g || slices.Contains(g.members, m.id) {
			continue
		}
		g.members, g.updatedAt = append(slices.Clone(g.members), m.id), now
		o.groupsOf[m.id] = append(o.groupsOf[m.id], g)
	}
	m.left, o.groupOrders = nil, nil
}

// A handOver moves open tasks from one member to another within a time.
type handOver struct {
	from, to *member
	began    time.Time
	takes    time.Duration
	tasks    []*task
	moved    int
}

// reassign begins to move the open tasks of one member to another.
func (o *organisation) reassign(from, to *member, now time.Time, takes time.Duration) {
	h := &handOver{from: from, to: to, began: now, takes: takes}
	for _, t := range o.tasks {
		if t.status == taskActive && slices.Contains(t.owners, from) {
			h.tasks = append(h.tasks, t)
		}
	}
	o.handOvers = append(o.handOvers, h)
	o.moveDueTasks(now)
}

// moveDueTasks moves the tasks whose time has come.
func (o *organisation) moveDueTasks(now time.Time) {
	o.handOvers = slices.DeleteFunc(o.handOvers, func(h *handOver) bool {
		due := len(h.tasks)
		if passed := now.Sub(h.began); passed < h.takes {
			due = int(int64(due) * int64(passed) / int64(h.takes))
		}
		for ; h.moved < due; h.moved++ {
			h.tasks[h.moved].move(h.from, h.to)
		}
		return h.moved == len(h.tasks)
	})
}

// move gives the task to another owner; one the successor already shares only loses the leaver.
func (t *task) move(from, to *member) {
	i := slices.Index(t.owners, from)
	switch {
	case i < 0:
	case slices.Contains(t.owners, to):
		t.owners = without(t.owners, from)
	default:
		owners := slices.Clone(t.owners)
		owners[i] = to
		t.owners = owners
	}
}

// successorAdmin is the member who becomes the default administrator when m leaves, nil if there is
// none.
func (o *organisation) successorAdmin(m *member) *member {
	for _, other := range o.members {
		if other != m && other.isActiveAdmin() {
			return other
		}
	}
	return nil
}

func (o *organisation) handOverDefault(from *member) {
	if next := o.successorAdmin(from); from.defaultAdmin && next != nil {
		from.defaultAdmin, next.defaultAdmin = false, true
	}
}

func (o *organisation) isLastActiveAdmin(m *member) bool {
	return m.isActiveAdmin() && o.successorAdmin(m) == nil
}

// forget deletes a member for good. Groups keep the id and tasks keep the owner: neither is
// documented to change.
func (o *organisation) forget(m *member) {
	o.members = without(o.members, m)
	delete(o.memberByID, m.id)
	delete(o.groupsOf, m.id)
}

func searchText(parts ...string) string { return strings.ToLower(strings.Join(parts, "\n")) }

// without returns a new slice. The old one may be part of an answer that is being encoded.
func without[T comparable](list []T, drop T) []T {
	out := make([]T, 0, len(list))
	for _, v := range list {
		if v != drop {
			out = append(out, v)
		}
	}
	return out
}
