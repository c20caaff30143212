package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// sampleTasks is how many titles of open tasks are shown.
const sampleTasks = 5

// showGroup reads the group and its open tasks side by side, and the members' names from the directory. A failure of
// the last two leaves a gap that says so.
func showGroup(v *visit) error {
	id := tallyfy.ID(web.Param(v, "group"))
	var (
		group   *tallyfy.Group
		tasks   views.OpenTasks
		members *directory.Snapshot
		problem error
	)
	err := sideBySide(v.ctx(),
		func(ctx context.Context) (err error) {
			group, err = v.readGroup(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			tasks = v.openTasks(ctx, tallyfy.TaskListOptions{Group: id})
			return nil
		},
		func(context.Context) error {
			members, problem = v.members()
			return nil
		})
	if err != nil {
		return err
	}
	page := views.GroupPage{GroupRow: v.groupRow(group.Summary()), Tasks: tasks}
	page.BackURL, page.List = v.groupPeople()
	showPeople(&page, group, members, problem)
	return v.show(http.StatusOK, views.Group(v.page(group.Name, views.SectionGroups), page))
}

// readGroup reads a group.
func (v *visit) readGroup(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return recall(ctx, v, "group "+string(id), func(ctx context.Context) (*tallyfy.Group, error) { return v.api.Groups.Get(ctx, v.org(), id) })
}

// groupPeople reads which people of a group are asked for, and where the list is that the visitor came from. The browser tells
// that on the first page of the people; from there the links say it.
func (v *visit) groupPeople() (back string, people views.People) {
	people = views.ReadPeople(v.QueryParams())
	list := v.urls().Groups()
	if from, err := url.ParseQuery(v.QueryParam(views.FromKey)); err == nil && len(from) > 0 {
		back = list + groupListOf(from).Encode() // whatever is no list is dropped
	} else {
		back = v.cameFrom(list)
	}
	people.From = strings.TrimPrefix(strings.TrimPrefix(back, list), "?")
	return back, people
}

// showPeople puts the part of the members and guests on the page that its address asks for. Only who is shown gets a row: a group
// may hold everybody.
func showPeople(page *views.GroupPage, g *tallyfy.Group, members *directory.Snapshot, problem error) {
	l := &page.List
	all := members.Among(g.Members)
	if !views.Clipped(len(all), len(g.Guests)) {
		l.Query = "" // there is no field to search with
	}
	unknown := "not in the list of members"
	if !members.Complete && len(all) > 0 && all[len(all)-1].Member == nil { // those without a name come last
		unknown, page.PeopleNote = "name not read yet", "Not all names are read yet. Reload in a moment."
		if problem != nil {
			unknown, page.PeopleNote = "name could not be read", "Tallyfy did not give all names. Reload to try again."
		}
	}
	found := members.Fitting(all, l.Query)
	shown, at := listing.Page(found, l.MemberPage, views.MostPeople)
	l.MemberPage, page.MemberRange = at, views.NewPeopleRange(at, len(shown), len(found), len(all))
	page.People = groupMembers(shown, unknown)

	guests := directory.FittingTexts(slices.Sorted(slices.Values(g.Guests)), l.Query)
	page.GuestList, at = listing.Page(guests, l.GuestPage, views.MostPeople)
	l.GuestPage, page.GuestRange = at, views.NewPeopleRange(at, len(page.GuestList), len(guests), len(g.Guests))
}

// sideBySide runs calls at the same time. The first error ends the others.
func sideBySide(ctx context.Context, calls ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, call := range calls {
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil { // in a goroutine of its own it would end the whole server
					err = panicked(p)
				}
			}()
			return call(ctx)
		})
	}
	return g.Wait()
}

// openTasks counts open tasks and names the first few. When Tallyfy does not answer, that is the result.
func (v *visit) openTasks(ctx context.Context, o tallyfy.TaskListOptions) views.OpenTasks {
	return taskView(v.readTasks(ctx, o))
}

// groupMembers shapes members of a group for the screen. unknown says why somebody has no name.
func groupMembers(found []directory.Found, unknown string) []views.GroupMember {
	people := make([]views.GroupMember, len(found))
	for i, f := range found {
		if m := f.Member; m != nil {
			people[i] = views.GroupMember{ID: m.ID, Name: m.Name(), Email: m.Email, Role: views.RoleWord(m.Role), Status: views.MemberStatus(m), Known: true}
		} else {
			people[i] = views.GroupMember{ID: f.ID, Email: unknown}
		}
	}
	return people
}
