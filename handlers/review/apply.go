package review

import (
	"cmp"
	"slices"
	"time"

	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A Wish is who is to come into a group and who to leave it, in the order of the queue.
type Wish struct {
	Group
	Add, Remove []tallyfy.UserID
}

// ToApply are the people whose groups are to be changed and have not been yet.
func (r *Review) ToApply(now time.Time) (people []*Person) {
	for _, p := range r.People {
		if p.State(now) == Change {
			people = append(people, p)
		}
	}
	return people
}

// Wishes merges what was decided about people into one wish for each group, in the order of names.
func Wishes(people []*Person) (list []Wish) {
	at := map[tallyfy.ID]int{}
	of := func(g Group) *Wish {
		i, known := at[g.ID]
		if !known {
			i, at[g.ID] = len(list), len(list)
			list = append(list, Wish{Group: g})
		}
		return &list[i]
	}
	for _, p := range people {
		for _, g := range p.Last().Add {
			w := of(g)
			w.Add = append(w.Add, p.ID)
		}
		for _, g := range p.Last().Remove {
			w := of(g)
			w.Remove = append(w.Remove, p.ID)
		}
	}
	slices.SortStableFunc(list, func(a, b Wish) int { return cmp.Or(names.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Carried is what became of the latest decision about somebody, once it was carried out: an entry of what is in place,
// and one of what is left to do. Either is nil where there is nothing of it. in reports what is in place. entry is the
// id of the journal, "" where all was so already.
func (p *Person) Carried(by journal.Subject, entry string, in func(g Group, add bool) bool) (applied, left *Decision) {
	d := p.Last()
	done := &Decision{Member: p.ID, State: Applied, By: by, Groups: d.Groups, ReadAt: d.ReadAt}
	rest := &Decision{Member: p.ID, State: Change, By: d.By, Note: d.Note, Groups: d.Groups, ReadAt: d.ReadAt}
	if entry != "" {
		done.Entries = []string{entry}
	}
	sort := func(groups []Group, add bool, done, rest *[]Group) {
		for _, g := range groups {
			if in(g, add) {
				*done = append(*done, g)
			} else {
				*rest = append(*rest, g)
			}
		}
	}
	sort(d.Add, true, &done.Add, &rest.Add)
	sort(d.Remove, false, &done.Remove, &rest.Remove)
	if len(done.Add)+len(done.Remove) > 0 {
		applied = done
	}
	if len(rest.Add)+len(rest.Remove) > 0 {
		left = rest
	}
	return applied, left
}

// After are the groups that the reviewer saw the person in, with the change.
func (d *Decision) After() []Group {
	is := func(g Group) func(Group) bool { return func(other Group) bool { return other.ID == g.ID } }
	list := slices.DeleteFunc(slices.Clone(d.Groups), func(g Group) bool { return slices.ContainsFunc(d.Remove, is(g)) })
	for _, g := range d.Add {
		if !slices.ContainsFunc(list, is(g)) {
			list = append(list, g)
		}
	}
	return list
}
