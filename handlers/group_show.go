package handlers

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGroup reads the group and its open tasks side by side, and the members' names from the
// directory. A failure of the last two leaves a gap that says so.
func showGroup(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
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
		return err
	}
	page := views.GroupPage{GroupRow: req.groupRow(group), Tasks: taskView(tasks)}
	page.BackURL, page.State = req.groupPeople()
	showPeople(&page, group, members, problem)
	page.Activity = req.recentActivity(journal.Subject{Kind: journal.Group, ID: string(id)})
	return req.show(http.StatusOK, views.Group(req.page(names.Isolate(group.DisplayName()), views.SectionGroups), page))
}

// groupPeople reads which people of a group are asked for, and the list that the visitor came
// from. The browser names the list on the first page of the people; from there the links carry it.
func (req *request) groupPeople() (back string, people views.PeopleState) {
	people = parsePeopleState(req.QueryParams())
	list := req.urls().Groups()
	if from, err := url.ParseQuery(req.QueryParam(views.FromKey)); err == nil && len(from) > 0 {
		back = req.urls().GroupList(groupListState(from)) // parameters of no list are dropped
	} else {
		back = req.cameFrom(list)
	}
	people.From = strings.TrimPrefix(strings.TrimPrefix(back, list), "?")
	return back, people
}

// showPeople puts the members and guests on the page that its address asks for. Only people who
// are shown get a row: a group may hold everybody.
func showPeople(page *views.GroupPage, g *tallyfy.Group, members *directory.Members, problem error) {
	s := &page.State
	all := members.Resolve(g.Members)
	page.AllMembers, page.AllGuests = len(all), len(g.Guests)
	page.Searchable = max(page.AllMembers, page.AllGuests) > peoplePerPage
	if !page.Searchable {
		s.Query = ""
	}
	unknown := "not in the list of members"
	// Ids without a name come last.
	if !members.Complete && len(all) > 0 && all[len(all)-1].Item == nil {
		unknown, page.NamesNote = "name not read yet", "Not all names are read yet. Reload in a moment."
		if problem != nil {
			unknown, page.NamesNote = "name could not be read", "Tallyfy did not give all names. Reload to try again."
		}
	}
	shown, pager := pageOf(members.Filter(all, s.Query), s.MemberPage, peoplePerPage)
	page.MemberList, page.MemberPager, s.MemberPage = groupMembers(shown, unknown), pager, pager.Page
	guests := directory.Match(sortedGuests(g), s.Query)
	page.GuestList, page.GuestPager = pageOf(guests, s.GuestPage, peoplePerPage)
	s.GuestPage = page.GuestPager.Page
}

// sortedGuests are the guests of a group in the order of their addresses.
func sortedGuests(g *tallyfy.Group) []string {
	return slices.SortedFunc(slices.Values(g.Guests), func(a, b string) int { return cmp.Or(names.Compare(a, b), cmp.Compare(a, b)) })
}

// exportPeople sends the members and guests of one group as a file.
func exportPeople(req *request) error {
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
			members, problem = req.app.Directory.Members(ctx, req.api, req.scope)
			return nil
		})
	if err != nil {
		return err
	}
	if problem != nil {
		return problem
	}
	if !members.Complete {
		return req.showLoading("Preparing the file", "The names in the file", snapshot{members: members}, req.urls().Group(group.ID))
	}
	people := groupMembers(members.Resolve(group.Members), "")
	return req.sendFile(group.DisplayName(), []string{"Kind", "Name", "Email", "Role", "Status", "Id"}, func(yield func([]string) bool) {
		for _, p := range people {
			email := p.Email
			if !p.Known {
				email = ""
			}
			if !yield([]string{"Member", p.Name, email, p.Role, p.Status.Text, string(p.ID)}) {
				return
			}
		}
		for _, guest := range sortedGuests(group) {
			if !yield([]string{"Guest", "", guest, "", "", ""}) {
				return
			}
		}
	})
}
