package handlers

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// typedGroup is the form for a new group as it was typed.
type typedGroup struct {
	name, description string
	addedPeople
	errors   map[string]string
	existing views.GroupLink // a group of the same name
	// despite is the name, folded, for which the form said already that a group looks the same.
	despite string
	notice  *views.Notice
	form    url.Values
}

// groupFields are the fields of the form for a group that Tallyfy's messages can be about.
var groupFields = []string{"name", "description", "members", "guests"}

// offerMembers takes from the guests who is a member, and chooses the member instead: a guest is somebody outside
// the organisation. It says so, for nobody was asked.
func (req *request) offerMembers(ctx context.Context, t *typedGroup) {
	members, err := req.Members(ctx)
	if err != nil && len(members.Items) == 0 {
		return
	}
	byEmail := directory.ByEmail(members)
	var said []string
	t.guests = slices.DeleteFunc(t.guests, func(email string) bool {
		m := byEmail[strings.ToLower(names.Clean(email))]
		if m == nil || m.IsDisabled() {
			return false
		}
		t.addMember(m.ID)
		said = append(said, names.Isolate(m.Name())+" ("+names.Isolate(email)+")")
		return true
	})
	if len(said) == 0 {
		return
	}
	are := " is a member and no guest"
	if len(said) > 1 {
		are = " are members and no guests"
	}
	t.errors[peopleField] = strings.TrimSpace(names.List(said) + are + ": chosen as such now. Press the button again to create the group. " + t.errors[peopleField])
}

// readGroupForm takes the form as it is.
func readGroupForm(form url.Values) typedGroup {
	return typedGroup{
		form: form, name: form.Get("name"), description: strings.ReplaceAll(form.Get("description"), "\r\n", "\n"),
		addedPeople: readAddedPeople(form), despite: form.Get("despite"),
	}
}

// check looks for what Tallyfy would refuse, and makes the request.
func (t *typedGroup) check() tallyfy.CreateGroupRequest {
	t.errors = map[string]string{}
	r := tallyfy.CreateGroupRequest{Name: names.Tidy(t.name), Description: strings.TrimSpace(t.description), Members: t.members, Guests: t.guests}
	for field, problem := range map[string]string{"name": membership.NameProblem(t.name), "description": membership.DescriptionProblem(t.description)} {
		if problem != "" {
			t.errors[field] = problem
		}
	}
	if slices.ContainsFunc(t.members, func(id tallyfy.UserID) bool { return !names.IsText(string(id)) }) {
		t.problem = "A member chosen has an id that is no text. Choose the members anew."
	}
	if t.problem != "" {
		t.errors[peopleField] = t.problem
	}
	return r
}
