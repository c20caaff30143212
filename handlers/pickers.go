package handlers

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// pickerRows and groupsOffered are how many people and groups a picker shows that are not chosen. The search reaches the
// others.
const pickerRows, groupsOffered = 50, 20

// searchMembers searches the directory, and Tallyfy too while the directory is incomplete.
func (req *request) searchMembers(members *directory.Members, query string, keep func(*tallyfy.Member) bool) []*tallyfy.Member {
	found := members.Search(query, keep)
	if members.Complete || query == "" {
		return found
	}
	page, err := req.api.Members.List(req.ctx(), req.org(), tallyfy.MemberListOptions{Query: names.Clean(query), PerPage: 100})
	if err != nil {
		return found
	}
	for i := range page.Items {
		m := &page.Items[i]
		if keep(m) && !slices.ContainsFunc(found, func(other *tallyfy.Member) bool { return other.ID == m.ID }) {
			found = append(found, m)
		}
	}
	return found
}

// directoryNote says that a picker may lack members, if so, and logs why.
func (req *request) directoryNote(members *directory.Members, err error) string {
	switch {
	case err != nil:
		req.logInfo("directory not read", err)
		return "Tallyfy did not give all members: somebody may be missing."
	case members.Short != nil:
		return missing(members.Short, "members") + " Search by name or email to find the others."
	case !members.Complete:
		return "The members are still being read (" + words.Number(len(members.Items)) + " so far): search by name or email to find the others."
	}
	return ""
}

// guestsTime is how long an answer about guests is kept: a form is shown again and again while its
// reader searches, also as the answer to a POST.
const guestsTime = 2 * time.Minute

// searchGuests reads the guests that fit, and how many there are. Tallyfy searches their addresses only, so
// the first ones, which are read for the form anyhow, are searched here by name and address; beyond them
// Tallyfy's search goes on.
func (req *request) searchGuests(query string) (guests []*tallyfy.Guest, total int, err error) {
	first, err := req.readGuests("")
	if err != nil {
		return nil, 0, err
	}
	words := names.Words(query)
	for i := range first.Items {
		if g := &first.Items[i]; names.HasAll(names.Search(g.Name()+"\n"+g.Email), words) {
			guests = append(guests, g)
		}
	}
	total = len(guests)
	switch unread := first.Pagination.Total - len(first.Items); {
	case unread <= 0:
	case query == "":
		total += unread
	default:
		found, err := req.readGuests(names.Clean(query))
		if err != nil {
			return nil, 0, err
		}
		for i := range found.Items {
			g := &found.Items[i]
			if !slices.ContainsFunc(guests, func(other *tallyfy.Guest) bool { return other.ID == g.ID }) {
				guests = append(guests, g)
			}
		}
		total = max(len(guests), found.Pagination.Total)
	}
	slices.SortFunc(guests, func(a, b *tallyfy.Guest) int {
		return cmp.Or(names.Compare(a.Name(), b.Name()), cmp.Compare(a.ID, b.ID))
	})
	return guests, total, nil
}

// guestsAtOnce is how many guests one call brings.
const guestsAtOnce = 100

// readGuests reads the first guests whose address holds the query.
func (req *request) readGuests(query string) (*tallyfy.Page[tallyfy.Guest], error) {
	return cache.Fetch(req.ctx(), req.app.answers, req.scope, "guests "+query, cache.Options[*tallyfy.Page[tallyfy.Guest]]{TTL: guestsTime, Fresh: req.reload},
		func(ctx context.Context) (*tallyfy.Page[tallyfy.Guest], error) {
			return req.api.Guests.List(ctx, req.org(), tallyfy.GuestListOptions{Query: query, PerPage: guestsAtOnce})
		})
}
