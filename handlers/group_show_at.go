package handlers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tallyfy-admin/handlers/history"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// lookBack reads who was in a group at the end of the day that the address names, or at the latest reading of that day if
// there was none later.
// Only administrators look back. The answer is what is remembered: nothing is asked of Tallyfy but who the person is.
func (req *request) lookBack(id tallyfy.ID) (roll *history.Roll, at time.Time, message string, err error) {
	admin, err := req.adminByCopy(req.ctx())
	if err == nil && !admin {
		err = &problem{status: http.StatusForbidden, title: "Only administrators can look back", text: "Who was in a group is remembered from what administrators read. Nothing else is different for you.", links: req.wayHome()}
	}
	if err != nil {
		return nil, at, "", err
	}
	text := req.QueryParam("on")
	day, err := time.ParseInLocation(time.DateOnly, text, locationOf(req.who.Timezone))
	if err != nil || day.Year() < 2000 {
		message = "“" + names.Isolate(text) + "” is not a day. Write it as 2026-03-04."
		day = req.now()
	}
	req.app.History.Settle(req.ctx(), req.org(), settleTime)
	_, until, _, err := req.app.History.Since(req.ctx(), req.org())
	if err != nil {
		return nil, at, "", err
	}
	at = day.AddDate(0, 0, 1).Add(-time.Minute)
	if !until.Before(day) && until.Before(at) { // the latest reading is of that day
		at = until
	}
	roll, err = req.app.History.Roll(req.ctx(), req.org(), id, at)
	if errors.Is(err, history.ErrUnknownGroup) {
		err = &problem{
			status: http.StatusNotFound, title: "Nothing is remembered of that group",
			text:  "No reading of all groups had it so far. " + req.remembers(),
			links: req.wayHome(), cause: err,
		}
	}
	return roll, at, message, err
}

// remembers says from what who was in what is known.
func (req *request) remembers() string {
	return "It is remembered from the lists that administrators' pages read, for " + words.Count(req.app.History.KeptDays(), "day", "days") + "."
}

// showGroupAt shows who was in a group on a day.
func showGroupAt(req *request, id tallyfy.ID) error {
	roll, at, message, err := req.lookBack(id)
	if err != nil {
		return err
	}
	view := views.GroupAt{
		ID: id, Name: roll.Name, Gone: roll.Gone, On: req.QueryParam("on"), Message: message, At: at, Since: roll.Since, Until: roll.Until,
		In: roll.Count(history.In), Out: roll.Count(history.Out), Unknown: roll.Count(history.NotKnown), Remembers: req.remembers(),
	}
	status := http.StatusOK
	if message != "" {
		status = http.StatusUnprocessableEntity
	} else {
		listed := slices.Concat(answersOf(roll, history.In), answersOf(roll, history.NotKnown))
		if at.Before(roll.Since) || at.After(roll.Until) { // nothing is known of anybody
			listed = nil
		}
		page, _ := strconv.Atoi(req.QueryParam("page"))
		shown, pager := pageOf(listed, max(1, page), peoplePerPage)
		for _, a := range shown {
			view.People = append(view.People, views.PersonAt{ID: a.Member, Name: a.Name, In: a.Presence == history.In, From: a.From, To: a.To})
		}
		view.Pager = pager
	}
	return req.show(status, views.GroupOn(req.page("Who was in "+names.Isolate(roll.Name), views.SectionGroups), view))
}

func answersOf(roll *history.Roll, p history.Presence) (list []history.Answer) {
	for _, a := range roll.Answers {
		if a.Presence == p {
			list = append(list, a)
		}
	}
	return list
}

// exportGroupAt sends everybody who is known as a file, with whether they were in a group on a day.
func exportGroupAt(req *request, id tallyfy.ID) error {
	roll, at, message, err := req.lookBack(id)
	if err != nil {
		return err
	}
	if message != "" {
		return showGroupAt(req, id)
	}
	return req.sendFile(roll.Name+" "+at.Format(time.DateOnly), []string{"Name", "Id", "state", "known_from", "known_to", "At (UTC)"}, func(yield func([]string) bool) {
		for _, a := range roll.Answers {
			name := a.Name
			if a.Member == "" {
				name = "Deleted for good"
			}
			if !yield([]string{name, string(a.Member), string(a.Presence), inFile(a.From), inFile(a.To), inFile(at)}) {
				return
			}
		}
	})
}
