package handlers

import (
	"context"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"tallyfy-admin/handlers/directory"
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
	page := views.GroupPage{GroupRow: v.groupRow(group.Summary()), BackURL: v.cameFrom(v.urls().Groups()), GuestList: slices.Sorted(slices.Values(group.Guests)), Tasks: tasks}
	page.People, page.PeopleNote = peopleOf(group, members, problem)
	return v.show(http.StatusOK, views.Group(v.page(group.Name, views.SectionGroups), page))
}

// readGroup reads a group.
func (v *visit) readGroup(ctx context.Context, id tallyfy.ID) (*tallyfy.Group, error) {
	return recall(ctx, v, "group "+string(id), func(ctx context.Context) (*tallyfy.Group, error) { return v.api.Groups.Get(ctx, v.org(), id) })
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

// peopleOf gives names to the members of a group, sorted by name. Ids without a name come last, with the reason.
func peopleOf(g *tallyfy.Group, members *directory.Snapshot, problem error) (people []views.GroupMember, note string) {
	unknown := "not in the list of members"
	if !members.Complete {
		unknown = "name not read yet"
		note = "Not all names are read yet. Reload in a moment."
		if problem != nil {
			unknown, note = "name could not be read", "Tallyfy did not give all names. Reload to try again."
		}
	}
	inGroup := make(map[tallyfy.UserID]bool, len(g.Members))
	for _, id := range g.Members {
		inGroup[id] = true
	}
	for _, m := range members.Search("", func(m *tallyfy.Member) bool { return inGroup[m.ID] }) {
		people = append(people, views.GroupMember{ID: m.ID, Name: m.Name(), Email: m.Email, Role: views.RoleWord(m.Role), Status: views.MemberStatus(m), Known: true})
	}
	known := len(people)
	for _, id := range g.Members {
		if _, ok := members.Member(id); !ok {
			people = append(people, views.GroupMember{ID: id, Email: unknown})
		}
	}
	if len(people) == known {
		note = ""
	}
	return people, note
}
