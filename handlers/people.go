package handlers

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// peopleField is the name of the field "Add people", and of its message. The people chosen are the fields members
// and guests.
const peopleField = "people"

// addedPeople are the people of a form who are to be in a group: those chosen, and the text of the field that
// takes a search as well as a pasted list.
type addedPeople struct {
	members []tallyfy.UserID
	guests  []string
	text    string
	// problem says what of the text could not be taken.
	problem string
}

// readAddedPeople takes the people of a form as they are. A client without our form may send several addresses as one
// guest: they are taken for typed.
func readAddedPeople(form url.Values) addedPeople {
	p := addedPeople{text: strings.ReplaceAll(form.Get(peopleField), "\r\n", "\n")}
	seen := map[string]bool{"": true}
	for _, id := range form["members"] {
		if id = strings.TrimSpace(id); !seen[id] {
			seen[id] = true
			p.members = append(p.members, tallyfy.UserID(id))
		}
	}
	for _, text := range form["guests"] {
		found, wrong := names.Addresses(text)
		switch {
		case len(found) == 1 && len(wrong) == 0:
			p.addGuest(found[0])
		case strings.TrimSpace(text) != "":
			p.text = strings.TrimLeft(p.text+"\n"+strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		}
	}
	return p
}

// keep puts the people into a form.
func (p *addedPeople) keep(form url.Values) {
	form["members"] = nil
	for _, id := range p.members {
		form.Add("members", string(id))
	}
	form["guests"] = p.guests
	form.Set(peopleField, p.text)
}

func (p *addedPeople) addMember(id tallyfy.UserID) {
	if !slices.Contains(p.members, id) {
		p.members = append(p.members, id)
	}
}

func (p *addedPeople) addGuest(email string) {
	if !slices.ContainsFunc(p.guests, same(email)) {
		p.guests = append(p.guests, email)
	}
}

// same finds an address whatever its letter case.
func same(email string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(other, email) }
}

// isList reports that the text is a list to take, and not a search: it holds an address, or several lines.
func (p *addedPeople) isList() bool {
	return strings.ContainsAny(strings.TrimSpace(p.text), "@\n;")
}

// takePeople chooses the people of a pasted list: an address of a member is that member, any other one a guest, and
// a line without an address is the member of that name. The rest stays in the field, and the problem says why.
// A search stays as it is.
func (req *request) takePeople(ctx context.Context, p *addedPeople) {
	switch {
	case !names.IsText(p.text):
		p.problem = "The addresses hold characters that are no text, such as control characters. Type them anew."
		return
	case !p.isList():
		return
	}
	members, err := req.Members(ctx)
	if err != nil {
		req.logInfo("directory not read", err)
	}
	byEmail := directory.ByEmail(members)
	var left, unknown, said []string
	take := func(email string) {
		switch m := byEmail[strings.ToLower(email)]; {
		case m == nil:
			p.addGuest(email)
		case m.IsDisabled():
			left, said = append(left, email), append(said, names.Isolate(m.Name())+" ("+names.Isolate(email)+") is disabled and can't be added.")
		case m.IsBot():
			left, said = append(left, email), append(said, names.Isolate(m.Name())+" ("+names.Isolate(email)+") is a bot and can't be added.")
		default:
			p.addMember(m.ID)
		}
	}
	named := func(text string) []*tallyfy.Member {
		text = strings.ReplaceAll(text, ",", " ")
		return members.Search(text, func(m *tallyfy.Member) bool {
			return m.IsPerson() && names.Bag(m.Name()) == names.Bag(text)
		})
	}
	for _, entry := range entries(p.text) {
		if found := named(entry); len(found) == 1 { // "Kjærgaard, Søren", too
			p.addMember(found[0].ID)
			continue
		}
		found, wrong := names.Addresses(entry)
		for _, email := range found {
			take(email)
		}
		for _, text := range wrong {
			switch found := named(text); {
			case len(found) == 1:
				p.addMember(found[0].ID)
				continue
			case len(found) > 1:
				said = append(said, "“"+names.Isolate(text)+"” fits several members: search for the name alone and choose.")
			default:
				unknown = append(unknown, "“"+names.Isolate(text)+"”")
			}
			left = append(left, text)
		}
	}
	switch len(unknown) {
	case 0:
	case 1:
		said = append(said, unknown[0]+" is neither a member's name nor an email address.")
	default:
		said = append(said, strings.Join(unknown, ", ")+" are neither members' names nor email addresses.")
	}
	p.text, p.problem = strings.Join(left, "\n"), strings.Join(said, " ")
}

// entries are the lines of a list, and the parts between its semicolons. Commas and blanks may be part of a name.
func entries(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '\n' || r == '\r' || r == ';' })
}

// peoplePicker makes the panel "Add people". It costs one call for the first guests, whose answer is kept, and none
// for the members while the directory is complete. An error means that the person is shut out.
func (req *request) peoplePicker(p *addedPeople) (views.PeoplePicker, error) {
	members, err := req.Members(req.ctx())
	if shut := req.shutOutBy(err); shut != nil {
		return views.PeoplePicker{}, shut
	}
	view := views.PeoplePicker{Text: p.text, Notes: []string{req.directoryNote(members, err)}}
	if !p.isList() {
		view.Query = strings.TrimSpace(p.text)
	} else if found, wrong := names.Addresses(p.text); len(found) == 1 && len(wrong) == 0 {
		view.Query = found[0]
	}
	picked := make(map[tallyfy.UserID]bool, len(p.members)) // thousands may be
	for _, id := range p.members {
		picked[id] = true
		pick := views.Pick{Name: "members", Value: string(id), Title: "Member " + string(id), Kind: "member"}
		if m, ok := members.ByID(id); ok {
			pick = memberPick(m)
			if hasNamesake(members, m) {
				pick.Title = names.Marked(m.Name(), m.Email)
			}
		} else if members.Complete {
			pick.Kind = "not known"
		}
		view.Chosen = append(view.Chosen, pick)
	}
	guests, total, err := req.searchGuests("")
	known := map[string]*tallyfy.Guest{}
	for _, g := range guests {
		known[strings.ToLower(g.Email)] = g
	}
	all := err == nil && total == len(guests)
	for _, email := range p.guests {
		view.Chosen = append(view.Chosen, guestPick(email, known[strings.ToLower(email)], all))
	}
	if p.isList() && view.Query == "" {
		return view, nil // what could not be taken, and nothing to search for
	}
	found := req.searchMembers(members, view.Query, func(m *tallyfy.Member) bool { return m.IsPerson() && !picked[m.ID] })
	view.Matching = len(found)
	for _, m := range found[:min(pickerRows, len(found))] {
		view.Found = append(view.Found, memberPick(m))
	}
	if view.Query != "" && err == nil {
		guests, total, err = req.searchGuests(view.Query)
	}
	if err != nil {
		req.logInfo("guests not read", err)
		view.Notes = append(view.Notes, "The existing guests could not be read. Their addresses can be typed.")
	}
	shown := len(view.Found)
	for _, g := range guests {
		if slices.ContainsFunc(p.guests, same(g.Email)) {
			total--
		} else if len(view.Found) < shown+pickerRows {
			view.Found = append(view.Found, guestPick(g.Email, g, all))
		}
	}
	view.Matching += total
	if p.isList() && !slices.ContainsFunc(p.guests, same(view.Query)) && known[strings.ToLower(view.Query)] == nil &&
		len(members.Search(view.Query, func(m *tallyfy.Member) bool { return strings.EqualFold(m.Email, view.Query) })) == 0 {
		view.Found, view.Matching = append(view.Found, guestPick(view.Query, nil, all)), view.Matching+1
	}
	return view, nil
}

func memberPick(m *tallyfy.Member) views.Pick {
	p := personOf(m)
	return views.Pick{Name: "members", Value: string(m.ID), Title: p.Name, Email: p.Email, Kind: "member", Person: p}
}

// guestPick shapes a guest; g is nil for an address that no guest is known to have. allKnown says that all guests
// are known.
func guestPick(email string, g *tallyfy.Guest, allKnown bool) views.Pick {
	pick := views.Pick{Name: "guests", Value: email, Title: email, Kind: "guest"}
	switch {
	case g != nil && g.Name() != email:
		pick.Title, pick.Email = g.Name(), email
	case g == nil && allKnown:
		pick.Kind = "new guest"
	}
	return pick
}
