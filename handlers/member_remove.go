package handlers

import (
	"context"
	"net/http"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/removal"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// leaving is what the wizard knows about the member at each of its steps.
type leaving struct {
	removal.Case
	members *directory.Snapshot
	problem error // why the members are not all known
	// successor is who was chosen to take over, if that is somebody; unread says why that is not known.
	successor *tallyfy.Member
	unread    error
}

// leaver reads the member with the groups, the open tasks, and who else is there, side by side.
func (v *visit) leaver() (*leaving, error) { return v.leaverAnd("") }

// leaverAnd reads the one who takes over as well, unless that is nobody: people leave, so no copy will do.
func (v *visit) leaverAnd(successor tallyfy.UserID) (*leaving, error) {
	id := tallyfy.UserID(web.Param(v, "member"))
	l := &leaving{Case: removal.Case{Organisation: v.who.Organisation.Name}}
	err := sideBySide(v.ctx(),
		func(ctx context.Context) error {
			if successor != "" {
				l.successor, l.unread = v.api.Members.Get(ctx, v.org(), successor)
			}
			return nil
		},
		func(ctx context.Context) (err error) {
			l.Leaver, err = v.readMember(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			l.Tasks = v.readTasks(ctx, tallyfy.TaskListOptions{Owner: id})
			return nil
		},
		func(context.Context) error {
			l.members, l.problem = v.members()
			return nil
		})
	if err != nil {
		return nil, err
	}
	l.Lookup, l.AllMembers = l.members.Member, l.members.Complete
	l.Self = l.Leaver.ID == v.who.UserID
	// Only an administrator can have read the leaver, so a leaver who is somebody else leaves one behind. While not all are
	// known there may be another: one's own account stands in the way anyhow.
	l.OtherAdmin = !l.Self || !l.AllMembers || len(l.members.Search("", func(m *tallyfy.Member) bool {
		return m.ID != l.Leaver.ID && m.Role == tallyfy.RoleAdmin && m.CanWork()
	})) > 0
	return l, nil
}

func (l *leaving) head() views.RemovalHead {
	return views.RemovalHead{Person: personOf(l.Leaver), Organisation: l.Organisation}
}

// showRemoval is the first step: what stands in the way, and what the member holds.
func showRemoval(v *visit) error {
	l, err := v.leaver()
	if err != nil {
		return err
	}
	return v.showBlockers(http.StatusOK, l)
}

func (v *visit) showBlockers(status int, l *leaving) error {
	view := views.RemovalStart{Head: l.head(), GroupsKnown: l.Leaver.GroupsIncluded, Tasks: taskView(l.Tasks)}
	for _, b := range l.Blockers() {
		blocker := views.Blocker{Title: b.Title, Text: b.Out}
		if b.Kind == removal.Yourself || b.Kind == removal.LastAdmin {
			blocker.LinkText, blocker.LinkURL = "Find an administrator", v.urls().Administrators()
		}
		view.Blockers = append(view.Blockers, blocker)
	}
	for _, g := range l.Groups() {
		view.Groups = append(view.Groups, views.HeldGroup{
			GroupLink: views.GroupLink{ID: g.ID, Name: g.Name}, Warning: g.Warning(), Others: g.Others, Guests: g.Guests,
		})
	}
	return v.show(status, views.RemovalFirst(v.page("Remove "+l.Leaver.Name(), views.SectionMembers), view))
}
