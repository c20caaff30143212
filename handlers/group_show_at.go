package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// lookBack reads who was in a group on the day that the address names: at its end, or as the latest reading had it, if that
// is of the day. message says what is wrong with the day.
// Only administrators look back. The answer is what is remembered: nothing is asked of Tallyfy but who the person is.
func (req *request) lookBack(id tallyfy.ID) (roll *history.Roll, message string, err error) {
	admin, err := req.adminByCopy(req.ctx())
	if err == nil && !admin {
		err = &problem{status: http.StatusForbidden, title: "Only administrators can look back", text: "Who was in a group is remembered from what administrators read. Nothing else is different for you.", links: req.wayHome()}
	}
	if err != nil {
		return nil, "", err
	}
	text := strings.TrimSpace(req.QueryParam("on"))
	from, to, err := listing.Day(text, locationOf(req.who.Timezone))
	switch {
	case text == "":
		message = "Choose a day."
	case err != nil || from.Year() < 2000:
		message = "“" + names.Isolate(text) + "” is not a day. Write it as 2026-03-04."
	case from.After(req.app.Now()):
		message = "That day is still to come."
	}
	req.app.History.WaitUntilCompared(req.ctx(), req.org(), waitForEvents)
	roll, err = req.app.History.Day(req.ctx(), req.org(), id, from, to)
	if errors.Is(err, history.ErrUnknownGroup) {
		err = &problem{
			status: http.StatusNotFound, title: "Nothing is remembered of that group",
			text:  "No reading of all groups had it so far. " + req.remembers(),
			links: req.wayHome(), cause: err,
		}
	}
	return roll, message, err
}

// remembers says from what who was in what is known.
func (req *request) remembers() string {
	return "It is remembered from the lists that administrators' pages read, for " + words.Count(req.app.History.KeptDays(), "day", "days") + "."
}

// showGroupAt shows who was in a group on a day.
func showGroupAt(req *request, id tallyfy.ID) error {
	roll, message, err := req.lookBack(id)
	if err != nil {
		return err
	}
	view := views.GroupAt{
		ID: id, Name: roll.Name, Gone: roll.Gone, On: req.QueryParam("on"), Message: message, At: roll.At, AsRead: roll.AsRead, Since: roll.Since, Until: roll.Until,
		In: roll.Count(history.In), Out: roll.Count(history.Out), Unknown: roll.Count(history.NotKnown), Remembers: req.remembers(),
	}
	status := http.StatusOK
	if message != "" {
		status = http.StatusUnprocessableEntity
	} else {
		in, unknown, left := answersOf(roll)
		view.Left = len(left)
		if view.Beyond() { // nothing is known of anybody
			unknown = nil
		}
		shown, pager := pageOf(slices.Concat(in, left, unknown), parsePage(req.QueryParams(), "page"), peoplePerPage)
		for _, a := range shown {
			view.People = append(view.People, views.PersonAt{ID: a.Member, Name: a.Name, Guest: a.Guest, In: a.Presence == history.In, Left: a.Part, From: a.From, To: a.To})
		}
		view.Pager = pager
	}
	return req.show(status, views.GroupOn(req.page("Who was in "+names.Isolate(roll.Name), views.SectionGroups), view))
}

// answersOf are those of a roll that a page lists: who was in, of whom it is not known, and who left on the day.
func answersOf(roll *history.Roll) (in, unknown, left []history.Answer) {
	for _, a := range roll.Answers {
		switch {
		case a.Presence == history.In:
			in = append(in, a)
		case a.Presence == history.NotKnown:
			unknown = append(unknown, a)
		case a.Part:
			left = append(left, a)
		}
	}
	return in, unknown, left
}

// exportGroupAt sends everybody who is known as a file, with whether they were in a group on a day.
func exportGroupAt(req *request, id tallyfy.ID) error {
	roll, message, err := req.lookBack(id)
	if err != nil {
		return err
	}
	if message != "" {
		return showGroupAt(req, id)
	}
	at := inFile(roll.At)
	return req.sendFile(roll.Name+" "+req.QueryParam("on"), []string{"Name", "Id", "state", "known_from", "known_to", "At (UTC)"}, func(yield func([]string) bool) {
		for _, a := range roll.Answers {
			name, id := a.Name, string(a.Member)
			switch {
			case a.Guest != "": // whose address is all that the group has
				id = ""
			case id == "":
				name = "Deleted for good"
			}
			if !yield([]string{name, id, string(a.Presence), inFile(a.From), inFile(a.To), at}) {
				return
			}
		}
	})
}
