package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// guestEmail is the address of the guest whom a page is about. The error says that there can be none with it.
func (req *request) guestEmail() (string, error) {
	email := views.GuestOf(web.Param(req, "guest"))
	if !tallyfy.PlausibleAddress(email) {
		return "", req.guestGone(nil)
	}
	return email, nil
}

// guestGone answers for somebody who is no guest of the organisation. The page says who has removed
// the guest, if that was done here.
func (req *request) guestGone(cause error) error {
	p := &problem{
		status: http.StatusNotFound, title: "There is no such guest", text: "Tallyfy has no guest with that address in this organisation. The guest may have been deleted, or the address is another one. Nothing was changed.",
		links: []components.LinkProps{{Text: "All guests", URL: req.urls().Guests(), Kind: components.ButtonPrimary}}, cause: cause,
	}
	if e := req.removedGuest(views.GuestOf(web.Param(req, "guest"))); e != nil {
		s := e.Subject(journal.Guest)
		p.title = "That guest was removed"
		p.text = names.Isolate(names.Marked(s.Name, s.Email)) + " was removed here on " + req.clock().Day(e.At) + " by " + names.Isolate(actorOf(e)) + ". Nothing was changed now."
		p.links = append(p.links, components.LinkProps{Text: "Receipt", URL: req.urls().Entry(e.ID)}, components.LinkProps{Text: "Add a guest", URL: req.urls().NewGuest()})
	}
	return p
}

// mostRemovals is how many removals of guests are looked through for one.
const mostRemovals = 200

// removedGuest is the latest entry that removed a guest, nil for none that this person may see.
func (req *request) removedGuest(email string) *journal.Entry {
	latest, err := req.app.Journal.Latest(req.ctx(), journal.Filter{Org: req.org(), Kind: lifecycle.GuestRemoved}, mostRemovals)
	if err != nil {
		req.logInfo("removals of guests not read", err)
	}
	key := membership.GuestKey(email)
	at := slices.IndexFunc(latest, func(e *journal.Entry) bool {
		return carriedOut(e) && membership.GuestKey(e.Subject(journal.Guest).Email) == key
	})
	if at < 0 {
		return nil
	}
	if may, _ := req.maySee(latest[at]); !may {
		return nil
	}
	return latest[at]
}

// missingGuest answers for a guest who could not be read.
func (req *request) missingGuest(err error) error {
	if !tallyfy.IsNotFound(err) {
		return err
	}
	return req.guestGone(err)
}

// guestsFrom is membersFrom for the list of guests.
func (req *request) guestsFrom() (list, from string) {
	return req.listFrom(req.urls().Guests(), func(v url.Values) string { return req.urls().GuestList(guestListState(v, req.now())) })
}

// guestPage is the frame of a page about a guest, with the list that the visitor came from.
func (req *request) guestPage(title string) views.Page {
	p := req.page(title, views.SectionGuests)
	_, p.From = req.guestsFrom()
	return p
}

// guestPerson shapes a guest for the head of a page.
func guestPerson(g *tallyfy.Guest) views.GuestRow {
	return views.GuestRow{ID: g.ID, Name: g.Name(), Email: g.Email, Company: g.Company(), Status: views.GuestStatus(g), LastAccess: g.LastAccessedAt.Time}
}

// people shapes members whose ids are known, by their names. One who is not in the copy has the id for a name.
func (req *request) people(members *directory.Members, ids []tallyfy.UserID) []views.GroupMember {
	list := groupMembers(members.Resolve(ids), "not in the list of members")
	slices.SortStableFunc(list, func(a, b views.GroupMember) int { return names.Compare(a.Name, b.Name) })
	return list
}

// contacts is a change of who knows guests with what it needs to be carried out.
func (req *request) contacts(guests []lifecycle.ContactWish) *lifecycle.Contacts {
	return &lifecycle.Contacts{Source: req, Client: req.api, Org: req.org(), Guests: guests}
}

func (req *request) guestRemoval(email string) *lifecycle.GuestRemoval {
	return &lifecycle.GuestRemoval{Source: req, Client: req.api, Org: req.who.Organisation, Email: email}
}

// guestsKnown are the guests whom a member knows, as the copy has them, which is read first if it is not at hand. known
// is false where it could not be read within a moment.
func (req *request) guestsKnown(id tallyfy.UserID) (list []*tallyfy.Guest, known bool) {
	ctx, done := context.WithTimeout(req.ctx(), plainWait)
	defer done()
	guests, err := req.Guests(ctx)
	if err != nil || !guests.Complete {
		return nil, false
	}
	return directory.KnownTo(guests, id), true
}

// handOverLink leads to handing over the guests whom a member knows.
func (req *request) handOverLink(id tallyfy.UserID, guests int) components.LinkProps {
	return components.LinkProps{Text: "Hand over " + words.Count(guests, "guest", "guests") + "…", URL: req.urls().HandOverGuests(id, "")}
}

// colleagues finds the members whom lines call, to know guests. The problem says who can't be found, or can't be meant.
func (req *request) colleagues(lines []string) (list []*tallyfy.Member, problem string, err error) {
	members, err := req.Members(req.ctx())
	if err != nil {
		return nil, "", err
	}
	for _, line := range lines {
		m, problem := bulk.Named(members, line)
		sure := members.Complete || problem == "" && (string(m.ID) == line || strings.EqualFold(m.Email, line))
		if !sure { // somebody else may be meant
			return nil, "The members are not all read. Give the address or the id, or press the button again in a moment.", nil
		}
		if problem == "" && membership.Unfit(members, m.ID) != "" {
			problem = names.Isolate(m.Name()) + " " + membership.Unfit(members, m.ID) + "."
		}
		if problem != "" {
			return nil, problem, nil
		}
		list = append(list, m)
	}
	return list, "", nil
}

// guestCopies are the copies that the list of guests is made of.
type guestCopies struct {
	guests *directory.Guests
	groups *directory.Groups
}

func (req *request) guestCopies() (c guestCopies, err error) {
	err = parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			c.guests, err = req.Guests(ctx)
			return err
		},
		func(ctx context.Context) (err error) {
			c.groups, err = req.Groups(ctx)
			return err
		})
	return c, err
}

func (c guestCopies) ended() bool { return c.guests.Ended() && c.groups.Ended() }

// missing says what could not be read, "" if nothing.
func (c guestCopies) missing() string {
	return strings.TrimSpace(missing(c.guests.Short, "guests") + " " + missing(c.groups.Short, "groups"))
}

// find searches and filters the guests. chosen are those whom the filter by choice keeps.
func (c guestCopies) find(req *request, s views.ListState, chosen selection) ([]listing.Guest, listing.Counts) {
	found := c.guests.Search(s.Query, nil)
	list := make([]listing.Guest, len(found))
	for i, g := range found {
		list[i] = listing.Guest{Guest: g, In: c.groups.OfGuest(g.Email), Chosen: chosen[string(g.ID)]}
	}
	kept, counts := listing.Apply(list, listing.GuestFilters(req.now()), s.Chosen)
	listing.SortGuests(kept, s.Order)
	return kept, counts
}

// chosenGuests are the addresses of the guests who were chosen on lists, as far as they are read within a moment.
func (req *request) chosenGuests() (emails []string, err error) {
	if len(req.who.ChosenGuests) == 0 {
		return nil, nil
	}
	guests, err := req.Guests(req.ctx())
	if err != nil {
		return nil, err
	}
	for _, id := range req.who.ChosenGuests {
		if g, ok := guests.ByID(tallyfy.ID(id)); ok {
			emails = append(emails, g.Email)
		}
	}
	return emails, nil
}
