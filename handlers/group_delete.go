package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// doomed is a group that may be deleted, and the open tasks that are given to it. asked says that the form had a field for
// the phrase.
type doomed struct {
	group *tallyfy.Group
	tasks views.OpenTasks
	asked bool
}

// readDoomed reads both side by side.
func (v *visit) readDoomed() (d doomed, err error) {
	id := tallyfy.ID(web.Param(v, "group"))
	err = sideBySide(v.ctx(),
		func(ctx context.Context) (err error) {
			d.group, err = v.readGroup(ctx, id)
			return err
		},
		func(ctx context.Context) error {
			d.tasks = v.openTasks(ctx, tallyfy.TaskListOptions{Group: id})
			return nil
		})
	return d, err
}

// phrase is what has to be typed before the group is deleted: its name if open tasks are given to it, else nothing, for a
// phrase that is typed every time becomes a habit. Once asked for, it is not waived because the tasks could not be counted
// again.
func (d doomed) phrase() string {
	if d.tasks.Total > 0 || (d.asked && !d.tasks.Checked) {
		return strings.Join(strings.Fields(d.group.Name), " ")
	}
	return ""
}

// showGroupDeletion says what deleting the group will do.
func showGroupDeletion(v *visit) error {
	d, err := v.readDoomed()
	if tallyfy.IsNotFound(err) {
		return v.alreadyDeleted()
	}
	if err != nil {
		return err
	}
	return v.askBeforeDeleting(http.StatusOK, d, views.GroupDeletion{})
}

// askBeforeDeleting shows the page; view holds what is said beside the group itself.
func (v *visit) askBeforeDeleting(status int, d doomed, view views.GroupDeletion) error {
	view.ID, view.Name, view.LogoVersion = d.group.ID, d.group.Name, v.groupRow(d.group).LogoVersion
	view.Consequences, view.Tasks, view.Seen, view.Phrase = consequences(d.group), d.tasks, seenGroup(d.group), d.phrase()
	return v.show(status, views.DeleteGroup(v.page("Delete "+d.group.Name, views.SectionGroups), view))
}

// consequences words what deleting a group does.
func consequences(g *tallyfy.Group) []string {
	members, guests := views.Count(len(g.Members), "member", "members"), views.Count(len(g.Guests), "guest", "guests")
	leave := "leave"
	who := members + " and " + guests
	switch {
	case len(g.Members) == 0 && len(g.Guests) == 0:
		who = ""
	case len(g.Guests) == 0:
		who = members
	case len(g.Members) == 0:
		who = guests
	}
	if len(g.Members)+len(g.Guests) == 1 {
		leave = "leaves"
	}
	first := "Nobody is in the group, so nobody leaves it."
	if who != "" {
		first = fmt.Sprintf("%s %s the group; nobody's account is touched.", who, leave)
	}
	return []string{first, g.Name + " is deleted for good. It can't be undone: Tallyfy can't bring a group back."}
}

// seenGroup stands for what the page says about the group.
func seenGroup(g *tallyfy.Group) string {
	h := sha256.New()
	members, guests := slices.Sorted(slices.Values(g.Members)), slices.Sorted(slices.Values(g.Guests))
	fmt.Fprintf(h, "%q %q %q %q", g.ID, g.Name, members, guests)
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func (v *visit) alreadyDeleted() error {
	v.groupGone(tallyfy.ID(web.Param(v, "group")))
	v.notice(views.Notice{Kind: views.NoticeInfo, Text: "That group is already gone. Nothing was done now."})
	return v.goTo(v.urls().Groups())
}

// groupGone drops what is remembered of a group, so that no list shows it any more.
func (v *visit) groupGone(id tallyfy.ID) {
	v.app.logos.forget(v.directoryKey(), id)
	v.groupsChanged()
}

// deleteGroup deletes after looking once more: a group that is not as it was shown is shown again instead.
func deleteGroup(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id := tallyfy.ID(web.Param(v, "group"))
	v.returnTo = v.urls().Local(v.urls().DeleteGroup(id))
	d, err := v.readDoomed()
	if tallyfy.IsNotFound(err) {
		return v.alreadyDeleted()
	}
	if err != nil {
		return err
	}
	group, typed := d.group, form.Get("phrase")
	d.asked = form.Has("phrase")
	if seen := form.Get("seen"); seen != "" && seen != seenGroup(group) {
		return v.askBeforeDeleting(http.StatusConflict, d, views.GroupDeletion{
			Typed: typed, Problem: "Stopped before anything was done: " + group.Name + " has changed since you opened this page. This is how it is now.",
		})
	}
	if phrase := d.phrase(); phrase != "" && strings.Join(strings.Fields(typed), " ") != phrase {
		message := "That is not the group's name. Nothing was deleted."
		if strings.TrimSpace(typed) == "" {
			message = "Type the group's name to go on. Nothing was deleted."
		}
		return v.askBeforeDeleting(http.StatusUnprocessableEntity, d, views.GroupDeletion{Typed: typed, PhraseError: message})
	}
	ctx, cancel := v.writeCtx()
	defer cancel()
	err = v.api.Groups.Delete(ctx, v.org(), id)
	v.audit(groupDeleted, err, slog.String("group", string(id)), groupAttrs("before", group), slog.Int("open_tasks", d.tasks.Total))
	switch {
	case err == nil:
		v.groupGone(id)
		v.notice(views.Notice{Kind: views.NoticeDone, Text: group.Name + " was deleted."})
		return v.goTo(v.urls().Groups())
	case tallyfy.IsNotFound(err):
		return v.lookAfterDeletion(d, typed, true)
	case tallyfy.MayHaveHappened(err):
		v.notConfirmed(err)
		return v.lookAfterDeletion(d, typed, false)
	}
	return err
}

// lookAfterDeletion finds out what became of a group when its deletion was not confirmed, or was answered with there being no
// such group a moment after it was read: somebody else may have deleted it, or the answer may not have been Tallyfy's own. It
// does not repeat the deletion.
func (v *visit) lookAfterDeletion(d doomed, typed string, missing bool) error {
	g := d.group
	v.groupGone(g.ID) // or it may go in a moment: no copy from before can be trusted
	_, err := v.api.Groups.Get(v.ctx(), v.org(), g.ID)
	switch {
	case tallyfy.IsNotFound(err) && missing:
		return v.alreadyDeleted()
	case tallyfy.IsNotFound(err):
		v.notice(views.Notice{Kind: views.NoticeDone, Text: "Tallyfy didn't confirm the deletion, but " + g.Name + " is gone."})
		return v.goTo(v.urls().Groups())
	case err == nil:
		said := "Tallyfy didn't confirm the deletion, and " + g.Name + " is still there. It may still be deleted: look again in a minute before you press the button again."
		if missing {
			said = "Tallyfy answered that there is no such group, but " + g.Name + " is still there. Nothing was deleted."
		}
		return v.askBeforeDeleting(http.StatusBadGateway, d, views.GroupDeletion{Typed: typed, RequestID: web.IDOf(v), Problem: said})
	}
	return &problem{
		status: http.StatusBadGateway, title: "It is not known whether " + g.Name + " was deleted",
		text:  "Tallyfy didn't confirm the deletion, and could not be asked about the group afterwards. Please don't repeat it; look at the list of groups first.",
		links: v.wayHome(), cause: err,
	}
}
