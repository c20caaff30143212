package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// chooseMembers takes the boxes of a page of the list of members, and does what the button says. It leads back to
// the same list. An empty box leaves out only somebody whom that page showed.
func chooseMembers(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	query, unreadable := url.ParseQuery(strings.TrimPrefix(form.Get("list"), "?")) // what can't be read is dropped, as in an address
	s := memberListState(query, req.now())
	list := req.urls().MemberList(s)
	req.returnTo = req.urls().Local(list)
	refuse := func(status int, text string) error {
		return req.answerOn(list, refusedForm{Status: status, Form: form, Notice: &views.Notice{Kind: views.NoticeWarning, Text: text}}, func() error {
			return &problem{status: status, title: "The choice was not changed", text: text, links: req.wayHome()}
		})
	}
	chosen, shown, ticked := req.chosenPeople(), idsIn(form["shown"]), idsIn(form["ids"])
	switch form.Get("do") {
	case "clear":
		req.choosePeople(nil)
		return req.goTo(list)
	case "page":
		ticked = shown
	case "all":
		if unreadable != nil || !form.Has("list") { // who does not say which list means nobody, not everybody
			return refuse(http.StatusUnprocessableEntity, "It is not clear who is meant by all. Nobody was chosen.")
		}
		copied, err := req.snapshot()
		if err != nil {
			return err
		}
		if !copied.ended() {
			return refuse(http.StatusServiceUnavailable, "The members are still being read, so nobody was chosen. Press the button again in a moment.")
		}
		found, _ := filterMembers(s, copied, req.now(), chosen)
		for _, m := range found {
			ticked = append(ticked, m.ID)
		}
	}
	for _, id := range shown {
		delete(chosen, id)
	}
	for _, id := range ticked {
		chosen[id] = true
	}
	if len(chosen) > req.roomToChoose() {
		return refuse(http.StatusUnprocessableEntity, "At most "+words.Number(mostChosen)+" people can be chosen at a time. Nothing was added.")
	}
	req.choosePeople(chosen)
	if form.Get("do") != "go" {
		return req.goTo(list)
	}
	k := bulk.KindOf(form.Get("kind"))
	switch {
	case len(chosen) == 0:
		return refuse(http.StatusUnprocessableEntity, "Nobody is chosen. Tick the box of at least one person first.")
	case k == nil || !k.TakesLines():
		return refuse(http.StatusUnprocessableEntity, "Say what to do with the people who are chosen.")
	}
	return req.goTo(req.urls().BulkOfChosen(k.Name))
}
