package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// mostChosen is how many rows a session may have chosen, on all lists of all its organisations together: a session holds
// 780 kB, and ten thousand ids of 32 digits are 350 kB.
const mostChosen = 10_000

// A selection is the ids of the rows chosen on a list, whatever page, search or filter shows them.
type selection map[string]bool

// A chooser is a list whose rows can be chosen.
type chooser struct {
	// name is that of the address of the form with what was chosen.
	name string
	// list is what is listed, one and many are what is chosen, nothing that none is, and nobody what a form without any is answered.
	list, one, many, nothing, nobody string
	// kept is where the session keeps the ids, isID whether a text can be one.
	kept func(*identity) *[]string
	isID func(string) bool
	// kinds are what can be done with what is chosen.
	kinds []string
	// state is the list that an address names, and address that of a list.
	state   func(*request, url.Values) views.ListState
	address func(*request, views.ListState) string
	// action takes the form.
	action func(views.URLs) string
	// all are the ids of all that a list has on its pages. ended is false while the copies are read.
	all func(req *request, s views.ListState, chosen selection) (ids []string, ended bool, err error)
}

// chosen is what was chosen in the organisation. The session keeps it, so that it goes with it.
func (req *request) chosen(c *chooser) selection {
	chosen := selection{}
	for _, id := range *c.kept(req.who) {
		chosen[id] = true
	}
	return chosen
}

// setChosen replaces what is chosen in the organisation.
func (req *request) setChosen(c *chooser, chosen selection) {
	ids := make([]string, 0, len(chosen))
	for id := range chosen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	req.session.change(func(d *sessionData) { *c.kept(d.in(req.org())) = ids })
}

// roomToChoose is how many rows of a list there is room for in the organisation.
func (req *request) roomToChoose(c *chooser) int {
	room := mostChosen + len(*c.kept(req.who))
	for _, who := range req.session.data.everywhere() {
		room -= len(who.Chosen) + len(who.ChosenGroups) + len(who.ChosenGuests)
	}
	return room
}

// selectionView is what a list shows of what is chosen. ids are those of the rows of the page.
func (req *request) selectionView(c *chooser, s views.ListState, ids []string) views.Selection {
	can := req.rights()
	v := views.Selection{
		Count: len(*c.kept(req.who)), Rows: ids, One: c.one, Many: c.many, Nothing: c.nothing, List: s,
		Action: c.action(req.urls()), Them: c.address(req, s.OnlyChosen()),
	}
	for _, k := range bulk.Kinds {
		if slices.Contains(c.kinds, k.Name) && (can.Members || can.Groups && !k.Admins) {
			v.Kinds = append(v.Kinds, views.BulkKind{Name: k.Name, Title: k.Title})
		}
	}
	return v
}

// countChosen adds to a selection what is known where the list comes from the copies. found are the ids on all its pages.
func (req *request) countChosen(c *chooser, v *views.Selection, found []string) {
	chosen, last := req.chosen(c), -1
	v.Counted, v.Listed = true, len(found)
	for i, id := range found {
		if chosen[id] {
			v.Here++
			if page := i / v.List.PerPage; page != last {
				v.Pages, last = v.Pages+1, page
			}
		}
	}
}

// listStatus is the status of a page of a list: that of the form below it, which was refused, if that led here.
func (req *request) listStatus() int {
	f := req.refusedForm()
	if f == nil {
		return http.StatusOK
	}
	req.sayRefused()
	return f.Status
}

// choose takes the boxes of a page of a list, and does what the button says. It leads back to the same list. An empty box
// leaves out only what that page showed.
func (c *chooser) choose(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	query, unreadable := url.ParseQuery(strings.TrimPrefix(form.Get("list"), "?")) // what can't be read is dropped, as in an address
	s := c.state(req, query)
	list := c.address(req, s)
	req.returnTo = req.urls().Local(list)
	refuse := func(status int, text string) error {
		return req.answerOn(list, refusedForm{Status: status, Form: form, Notice: &views.Notice{Kind: views.NoticeWarning, Text: text}}, func() error {
			return &problem{status: status, title: "The choice was not changed", text: text, links: req.wayHome()}
		})
	}
	chosen, shown, ticked := req.chosen(c), c.idsIn(form["shown"]), c.idsIn(form["ids"])
	switch form.Get("do") {
	case "clear":
		req.setChosen(c, nil)
		return req.goTo(list)
	case "page":
		ticked = shown
	case "all":
		if unreadable != nil || !form.Has("list") { // who does not say which list means nothing, not everything
			return refuse(http.StatusUnprocessableEntity, "It is not clear what is meant by all. "+c.nothing+".")
		}
		all, ended, err := c.all(req, s, chosen)
		if err != nil {
			return err
		}
		if !ended {
			return refuse(http.StatusServiceUnavailable, "The "+c.list+" are still being read, so nothing was chosen. Press the button again in a moment.")
		}
		ticked = append(ticked, all...)
	}
	for _, id := range shown {
		delete(chosen, id)
	}
	for _, id := range ticked {
		chosen[id] = true
	}
	if len(chosen) > req.roomToChoose(c) {
		return refuse(http.StatusUnprocessableEntity, "At most "+words.Number(mostChosen)+" "+c.many+" can be chosen at a time. Nothing was added.")
	}
	req.setChosen(c, chosen)
	if form.Get("do") != "go" {
		return req.goTo(list)
	}
	switch {
	case len(chosen) == 0:
		return refuse(http.StatusUnprocessableEntity, c.nobody)
	case !slices.Contains(c.kinds, form.Get("kind")):
		return refuse(http.StatusUnprocessableEntity, "Say what to do with the "+c.many+" that are chosen.")
	}
	return req.goTo(req.urls().BulkOfChosen(form.Get("kind"), c.name))
}

// idsIn are the ids in a field of a form, each in a value of its own, or several with spaces between them.
func (c *chooser) idsIn(values []string) (ids []string) {
	for _, value := range values {
		for id := range strings.FieldsSeq(value) {
			if c.isID(id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// idsIn are the ids of members in a field of a form.
func idsIn(values []string) (ids []tallyfy.UserID) {
	for _, id := range memberChooser.idsIn(values) {
		ids = append(ids, tallyfy.UserID(id))
	}
	return ids
}

// The lists whose rows can be chosen.
var (
	memberChooser = &chooser{
		name: "yes", list: "members", one: "person", many: "people", nothing: "Nobody chosen",
		nobody: "Nobody is chosen. Tick the box of at least one person first.", isID: memberID.MatchString,
		kept:    func(who *identity) *[]string { return &who.Chosen },
		kinds:   []string{bulk.AddToGroups, bulk.RemoveFromGroups, bulk.RemoveMembers, bulk.ChangeRole, bulk.Disable, bulk.Enable},
		state:   func(req *request, v url.Values) views.ListState { return memberListState(v, req.now()) },
		address: func(req *request, s views.ListState) string { return req.urls().MemberList(s) },
		action:  views.URLs.ChooseMembers,
		all: func(req *request, s views.ListState, chosen selection) (ids []string, ended bool, err error) {
			copied, err := req.snapshot()
			if err != nil || !copied.ended() {
				return nil, false, err
			}
			found, _ := filterMembers(s, copied, req.now(), chosen)
			return idsOf(found, listedMember), true, nil
		},
	}
	groupChooser = &chooser{
		name: "groups", list: "groups", one: "group", many: "groups", nothing: "No group chosen",
		nobody:  "No group is chosen. Tick the box of at least one first.",
		isID:    func(id string) bool { return tallyfy.PlausibleID(id) && len(id) <= mostGroupID },
		kept:    func(who *identity) *[]string { return &who.ChosenGroups },
		kinds:   []string{bulk.AddToGroups, bulk.RemoveFromGroups},
		state:   func(_ *request, v url.Values) views.ListState { return groupListState(v) },
		address: func(req *request, s views.ListState) string { return req.urls().GroupList(s) },
		action:  views.URLs.ChooseGroups,
		all: func(req *request, s views.ListState, chosen selection) (ids []string, ended bool, err error) {
			copied, err := req.snapshot()
			if err != nil || !copied.ended() {
				return nil, false, err
			}
			found, _ := filterGroups(s, copied, chosen)
			return idsOf(found, listedGroup), true, nil
		},
	}
	guestChooser = &chooser{
		name: "guests", list: "guests", one: "guest", many: "guests", nothing: "No guest chosen",
		nobody: "No guest is chosen. Tick the box of at least one first.", isID: memberID.MatchString,
		kept:    func(who *identity) *[]string { return &who.ChosenGuests },
		kinds:   []string{bulk.AddToGroups, bulk.RemoveFromGroups},
		state:   func(req *request, v url.Values) views.ListState { return guestListState(v, req.now()) },
		address: func(req *request, s views.ListState) string { return req.urls().GuestList(s) },
		action:  views.URLs.ChooseGuests,
		all: func(req *request, s views.ListState, chosen selection) (ids []string, ended bool, err error) {
			copied, err := req.guestCopies()
			if err != nil || !copied.ended() {
				return nil, false, err
			}
			found, _ := copied.find(req, s, chosen)
			return idsOf(found, listedGuest), true, nil
		},
	}
)

// mostGroupID is the longest id of a group that can be chosen. Tallyfy's have 32 digits.
const mostGroupID = 64

// idsOf are the ids of rows.
func idsOf[T any, ID ~string](rows []T, id func(*T) ID) []string {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = string(id(&rows[i]))
	}
	return ids
}

// What idsOf takes of the rows of pages, and of what lists have on all their pages.
func rowOfMember(r *views.MemberRow) tallyfy.UserID { return r.ID }
func rowOfGroup(r *views.GroupRow) tallyfy.ID       { return r.ID }
func listedMember(m *listing.Member) tallyfy.UserID { return m.ID }
func listedGroup(g *listing.Group) tallyfy.ID       { return g.ID }
func listedGuest(g *listing.Guest) tallyfy.ID       { return g.ID }
