package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showGroup reads the group and its open tasks side by side, and the members' names from the
// directory. A failure of the last two leaves a gap that says so.
func showGroup(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	if req.QueryParams().Has("on") {
		return showGroupAt(req, id)
	}
	var (
		group   *tallyfy.Group
		tasks   tallyfy.OpenTasks
		members *directory.Members
		problem error
	)
	err := parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			group, err = req.Group(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			tasks = req.OpenTasks(ctx, tallyfy.TaskListOptions{Group: id})
			return nil
		},
		func(context.Context) error {
			members, problem = req.Members(req.ctx())
			return nil
		})
	if err != nil {
		return req.missingGroup(id, err)
	}
	page := views.GroupPage{GroupRow: req.groupRow(group, members), Tasks: req.taskView(tasks, req.urls().GroupTasks(id))}
	page.State = parsePeopleState(req.QueryParams())
	page.BackURL, page.State.From = req.groupsFrom() // the browser names the list at first, from there the links carry it
	people := showPeople(&page, group, members, req.CopiedGuests(), problem)
	subject := journal.Subject{Kind: journal.Group, ID: string(id)}
	page.Activity = req.recentActivity(subject, req.isAdmin)
	page.Reviewed = req.reviewed(subject, page.Activity)
	page.NotReviewed, page.ReviewDays = req.notReviewed(members, people), req.app.Reviews.KeptDays()
	frame := req.page(names.Isolate(group.DisplayName()), views.SectionGroups)
	frame.From = page.State.From
	return req.show(http.StatusOK, views.Group(frame, page))
}

// showPeople puts the members and guests on the page that its address asks for. Only people who
// are shown get a row: a group may hold everybody. It returns all members.
func showPeople(page *views.GroupPage, g *tallyfy.Group, members *directory.Members, copied *directory.Guests, problem error) []directory.Resolved[tallyfy.Member, tallyfy.UserID] {
	s := &page.State
	all := members.Resolve(g.Members)
	page.AllMembers, page.AllGuests = len(all)-gone(members, all), len(g.Guests)
	page.Searchable = max(len(all), page.AllGuests) > peoplePerPage
	if !page.Searchable {
		s.Query = ""
	}
	unknown := "not in the list of members"
	// Ids without a name come last.
	if len(all) > 0 && all[len(all)-1].Item == nil {
		switch {
		case members.Complete:
			page.NamesNote = words.Count(gone(members, all), "id belongs", "ids belong") + " to nobody in the organisation."
		case members.Short != nil:
			unknown, page.NamesNote = "name could not be read", missing(members.Short, "members")
		case problem != nil:
			unknown, page.NamesNote = "name could not be read", "Tallyfy did not give all names. Reload to try again."
		default:
			unknown, page.NamesNote = "name not read yet", "Not all names are read yet. Reload in a moment."
		}
	}
	found := members.Filter(all, s.Query)
	shown, pager := pageOf(found, s.MemberPage, peoplePerPage)
	pager = pager.LessLast(gone(members, found))
	page.MemberList, page.MemberPager, s.MemberPage = groupMembers(shown, unknown), pager, pager.Page
	guests := directory.Match(sortedGuests(g), s.Query)
	emails, guestPager := pageOf(guests, s.GuestPage, peoplePerPage)
	page.GuestList, page.GuestPager = groupGuests(emails, copied), guestPager
	s.GuestPage = page.GuestPager.Page
	return all
}

// groupGuests are guests of a group, with their names as far as the copy has them.
func groupGuests(emails []string, copied *directory.Guests) []views.GuestRow {
	known := map[string]*tallyfy.Guest{}
	if copied != nil && len(emails) > 0 {
		for _, g := range copied.Items {
			known[membership.GuestKey(g.Email)] = g
		}
	}
	rows := make([]views.GuestRow, len(emails))
	for i, email := range emails {
		rows[i] = views.GuestRow{ID: tallyfy.ID(email), Name: email, Email: email}
		if g := known[membership.GuestKey(email)]; g != nil {
			rows[i].ID, rows[i].Name = g.ID, g.Name()
		}
	}
	return rows
}

// sortedGuests are the guests of a group in the order of their addresses.
func sortedGuests(g *tallyfy.Group) []string {
	return slices.SortedFunc(slices.Values(g.Guests), func(a, b string) int { return cmp.Or(names.Compare(a, b), cmp.Compare(a, b)) })
}

// gone counts the ids that nobody in the organisation has. They come last.
func gone(members *directory.Members, resolved []directory.Resolved[tallyfy.Member, tallyfy.UserID]) (n int) {
	for members.Complete && n < len(resolved) && resolved[len(resolved)-1-n].Item == nil {
		n++
	}
	return n
}

// exportPeople sends the members and guests of one group as a file.
func exportPeople(req *request) error {
	if req.QueryParam("on") != "" {
		return exportGroupAt(req, tallyfy.ID(web.Param(req, "group")))
	}
	// While the names are read, the browser asks again by itself with the header of a reload. A file
	// is never reloaded by hand.
	const fresh = false
	var (
		group   *tallyfy.Group
		members *directory.Members
		problem error // kept apart: a missing group is reported first
	)
	err := parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			group, err = req.group(ctx, tallyfy.ID(web.Param(req, "group")), fresh)
			return err
		},
		func(ctx context.Context) error {
			members, problem = req.Members(ctx)
			return nil
		})
	if err != nil {
		return err
	}
	if problem != nil {
		return problem
	}
	if !members.Ended() {
		return req.showLoading("Preparing the file", snapshot{members: members}, req.urls().Group(group.ID))
	}
	people := groupMembers(members.Resolve(group.Members), "")
	unknown := "Not known"
	if members.Complete {
		unknown = "Not in the organisation"
	}
	columns := []string{"Kind", "Name", "Email", "Role", "Status", "Id"}
	return req.sendFile(group.DisplayName(), columns, withNote(missing(members.Short, "members"), len(columns), func(yield func([]string) bool) {
		for _, p := range people {
			status := p.Status.Text
			if !p.Known {
				status = unknown
			}
			if !yield([]string{"Member", p.Name, p.Email, p.Role, status, string(p.ID)}) {
				return
			}
		}
		for _, guest := range sortedGuests(group) {
			if !yield([]string{"Guest", "", guest, "", "", ""}) {
				return
			}
		}
	}))
}
