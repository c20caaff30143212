package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showGroupDeletion says what deleting the group will do.
func showGroupDeletion(v *visit) error {
	return v.askBeforeDeleting(http.StatusOK, "")
}

func (v *visit) askBeforeDeleting(status int, problem string) error {
	id := tallyfy.ID(web.Param(v, "group"))
	var group *tallyfy.Group
	var tasks views.OpenTasks
	err := sideBySide(v.ctx(),
		func(ctx context.Context) (err error) {
			group, err = v.api.Groups.Get(ctx, v.org(), id)
			return err
		},
		func(ctx context.Context) error {
			tasks = v.openTasks(ctx, tallyfy.TaskListOptions{Group: id})
			return nil
		})
	if tallyfy.IsNotFound(err) {
		return v.alreadyDeleted()
	}
	if err != nil {
		return err
	}
	row := v.groupRow(group)
	return v.show(status, views.DeleteGroup(v.page("Delete "+group.Name, views.SectionGroups), views.GroupDeletion{
		ID: id, Name: group.Name, LogoVersion: row.LogoVersion, Consequences: consequences(group), Tasks: tasks, Seen: seenGroup(group), Problem: problem,
	}))
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
	v.notice(views.Notice{Kind: views.NoticeInfo, Text: "That group is already gone. Nothing was done now."})
	return v.goTo(v.urls().Groups())
}

// deleteGroup deletes after looking once more: a group that is not as it was shown is shown again instead.
func deleteGroup(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id := tallyfy.ID(web.Param(v, "group"))
	v.returnTo = v.urls().Local(v.urls().DeleteGroup(id))
	group, err := v.api.Groups.Get(v.ctx(), v.org(), id)
	if tallyfy.IsNotFound(err) {
		return v.alreadyDeleted()
	}
	if err != nil {
		return err
	}
	if seen := form.Get("seen"); seen != "" && seen != seenGroup(group) {
		return v.askBeforeDeleting(http.StatusConflict, "Stopped before anything was done: "+group.Name+" has changed since you opened this page. This is how it is now.")
	}
	ctx, cancel := v.writeCtx()
	defer cancel()
	err = v.api.Groups.Delete(ctx, v.org(), id)
	switch {
	case err == nil:
		v.app.logos.forget(v.directoryKey(), id)
		v.app.Directory.GroupsChanged(v.directoryKey())
		v.notice(views.Notice{Kind: views.NoticeDone, Text: group.Name + " was deleted."})
		return v.goTo(v.urls().Groups())
	case tallyfy.IsNotFound(err):
		return v.alreadyDeleted()
	case tallyfy.MayHaveHappened(err):
		v.logUnknown(err)
		return v.lookAfterDeletion(group)
	}
	return err
}

// lookAfterDeletion finds out what became of a group when the answer to its deletion did not arrive. It does not repeat it.
func (v *visit) lookAfterDeletion(g *tallyfy.Group) error {
	_, err := v.api.Groups.Get(v.ctx(), v.org(), g.ID)
	switch {
	case tallyfy.IsNotFound(err):
		v.notice(views.Notice{Kind: views.NoticeDone, Text: "Tallyfy's answer did not arrive, but " + g.Name + " is gone."})
		return v.goTo(v.urls().Groups())
	case err == nil:
		return v.askBeforeDeleting(http.StatusBadGateway, "Tallyfy did not answer, and "+g.Name+" is still there. It may still be deleted: look again in a minute before you press the button again.")
	}
	return &problem{
		status: http.StatusBadGateway, title: "It is not known whether " + g.Name + " was deleted",
		text:  "Tallyfy did not answer, neither to the deletion nor to the question afterwards. Please don't repeat it; look at the list of groups first.",
		links: v.wayHome(), cause: err,
	}
}
