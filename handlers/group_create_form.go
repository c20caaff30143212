package handlers

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// typedGroup is the form for a new group as it was typed.
type typedGroup struct {
	name, description string
	members           []tallyfy.UserID
	// pickedGuests are addresses ticked in the list, typedGuests is the text of the field below it.
	pickedGuests          []string
	typedGuests           string
	memberFind, guestFind string
	errors                map[string]string
	existing              views.GroupLink // a group of the same name
	// despite is the name, folded, for which the form said already that a group looks the same.
	despite string
	notice  *views.Notice
	form    url.Values
}

// groupFields are the fields of the form for a group that Tallyfy's messages can be about.
var groupFields = []string{"name", "description", "members", "guests"}

// offerMembers takes from the guests who is a member, and ticks the member instead: a guest is somebody
// outside the organisation.
func (req *request) offerMembers(ctx context.Context, t *typedGroup, r *tallyfy.CreateGroupRequest) {
	members, err := req.Members(ctx)
	if err != nil && len(members.Items) == 0 {
		return
	}
	byEmail := map[string]*tallyfy.Member{}
	for _, m := range members.Items {
		if m.Status != tallyfy.StatusDisabled {
			byEmail[strings.ToLower(names.Clean(m.Email))] = m
		}
	}
	var said, typed []string
	isMember := func(email string) bool {
		m := byEmail[strings.ToLower(names.Clean(email))]
		if m == nil {
			return false
		}
		if !slices.Contains(t.members, m.ID) {
			t.members = append(t.members, m.ID)
		}
		said = append(said, names.Isolate(m.Name())+" ("+names.Isolate(email)+")")
		return true
	}
	picked := slices.DeleteFunc(slices.Clone(t.pickedGuests), isMember)
	found, _ := names.Addresses(t.typedGuests)
	for _, email := range found {
		if !isMember(email) {
			typed = append(typed, email)
		}
	}
	if len(said) == 0 {
		return
	}
	t.pickedGuests = picked
	if t.errors["guests"] == "" { // else what is wrong stays where it stands
		t.typedGuests = strings.Join(typed, "\n")
	}
	are := " is a member and no guest"
	if len(said) > 1 {
		are = " are members and no guests"
	}
	t.errors["guests"] = strings.TrimSpace(names.List(said) + are + ": chosen above now. Press the button again to create the group. " + t.errors["guests"])
	r.Guests = slices.DeleteFunc(r.Guests, func(email string) bool { return byEmail[strings.ToLower(email)] != nil })
}

// readGroupForm takes the form as it is. The field for new guests stands last in it, after the ticked ones of the same
// name.
func readGroupForm(form url.Values) typedGroup {
	t := typedGroup{
		form: form, name: form.Get("name"), description: strings.ReplaceAll(form.Get("description"), "\r\n", "\n"),
		memberFind: strings.TrimSpace(form.Get("member_q")), guestFind: strings.TrimSpace(form.Get("guest_q")), despite: form.Get("despite"),
	}
	seen := map[string]bool{"": true}
	for _, id := range form["members"] {
		if id = strings.TrimSpace(id); !seen[id] {
			seen[id] = true
			t.members = append(t.members, tallyfy.UserID(id))
		}
	}
	if guests := form["guests"]; len(guests) > 0 {
		t.typedGuests = strings.ReplaceAll(guests[len(guests)-1], "\r\n", "\n")
		for _, email := range guests[:len(guests)-1] {
			if email != "" && !slices.Contains(t.pickedGuests, email) {
				t.pickedGuests = append(t.pickedGuests, email)
			}
		}
	}
	return t
}

// check looks for what Tallyfy would refuse, and makes the request.
func (t *typedGroup) check() tallyfy.CreateGroupRequest {
	t.errors = map[string]string{}
	r := tallyfy.CreateGroupRequest{Name: names.Tidy(t.name), Description: strings.TrimSpace(t.description), Members: t.members}
	for field, problem := range map[string]string{"name": nameProblem(t.name), "description": descriptionProblem(t.description)} {
		if problem != "" {
			t.errors[field] = problem
		}
	}
	if slices.ContainsFunc(t.members, func(id tallyfy.UserID) bool { return !names.IsText(string(id)) }) {
		t.errors["members"] = "A member chosen has an id that is no text. Choose the members anew."
	}
	found, wrong := names.Addresses(strings.Join(append(slices.Clone(t.pickedGuests), t.typedGuests), "\n"))
	r.Guests = found
	for i, text := range wrong {
		wrong[i] = "“" + names.Isolate(text) + "”"
	}
	switch {
	case !names.IsText(t.typedGuests):
		t.errors["guests"] = "The addresses hold characters that are no text, such as control characters. Type them anew."
	case len(wrong) == 1:
		t.errors["guests"] = wrong[0] + " is not an email address."
	case len(wrong) > 1:
		t.errors["guests"] = strings.Join(wrong, ", ") + " are not email addresses."
	}
	return r
}
