package handlers

import (
	"slices"
	"strings"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// mostChosen is how many people a session may have chosen, in all its organisations together: a session holds
// 780 kB, and ten thousand ids of 18 digits are 210 kB.
const mostChosen = 10_000

// A selection is the people chosen on a list, whatever page, search or filter shows them.
type selection map[tallyfy.UserID]bool

// chosenPeople are the people that were chosen in the organisation. The session keeps them, so that they go with it.
func (req *request) chosenPeople() selection {
	chosen := make(selection, len(req.who.Chosen))
	for _, id := range req.who.Chosen {
		chosen[id] = true
	}
	return chosen
}

// choosePeople replaces who is chosen in the organisation.
func (req *request) choosePeople(chosen selection) {
	ids := make([]tallyfy.UserID, 0, len(chosen))
	for id := range chosen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	req.session.change(func(d *sessionData) { d.in(req.org()).Chosen = ids })
}

// roomToChoose is how many people there is room for in the organisation.
func (req *request) roomToChoose() int {
	room := mostChosen
	for _, who := range req.session.data.everywhere() {
		if who.Organisation.ID != req.org() {
			room -= len(who.Chosen)
		}
	}
	return room
}

// selectionView is what a list shows of who is chosen.
func (req *request) selectionView() views.Selection {
	can := req.rights()
	v := views.Selection{Count: len(req.who.Chosen)}
	for _, k := range bulk.Kinds {
		if k.TakesLines() && (can.Members || can.Groups && !k.Admins) {
			v.Kinds = append(v.Kinds, views.BulkKind{Name: k.Name, Title: k.Title})
		}
	}
	return v
}

// selectionAmong is selectionView for a list that comes from the copies. found are the members on all its pages.
// Whoever is gone is not counted.
func (req *request) selectionAmong(found []listing.Member, perPage int, copied snapshot) views.Selection {
	v, chosen := req.selectionView(), req.chosenPeople()
	if copied.members.Complete {
		v.Count = copied.members.Count(req.who.Chosen)
	}
	v.Counted, v.Listed = true, len(found)
	last := -1
	for i, m := range found {
		if chosen[m.ID] {
			v.Here++
			if page := i / perPage; page != last {
				v.Pages, last = v.Pages+1, page
			}
		}
	}
	return v
}

// idsIn are the ids of members in a field of a form, each in a value of its own, or several with spaces between them.
func idsIn(values []string) (ids []tallyfy.UserID) {
	for _, value := range values {
		for id := range strings.FieldsSeq(value) {
			if memberID.MatchString(id) {
				ids = append(ids, tallyfy.UserID(id))
			}
		}
	}
	return ids
}
