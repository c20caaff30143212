package views

import (
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ComebackForm is the page on which a member is brought back: the choice of groups, and with one
// the plan.
type ComebackForm struct {
	Head     RemovalHead
	Blockers []Blocker
	// Groups is the choice, Chosen the ids of the groups that are ticked.
	Groups string
	Chosen []string
	// Before are the groups that the member was in when the access ended, if Known says that they are
	// known.
	Before []GroupLink
	Known  bool
	// Offered are the groups to choose from. Listed of them are those that Query finds, of Total.
	Offered       []GroupChoice
	Query         string
	Listed, Total int
	// Lines and Notes are the plan, none while nothing is chosen that can be done.
	Lines, Notes []string
	// Press and Seen are fields of the form: the press of the button, and the fingerprint of the plan.
	Press, Seen string
	Problem     string
	Notice      *Notice
}

// A GroupChoice is a group to choose. Before says that the member was in it when the access ended.
type GroupChoice struct {
	GroupLink
	Before, Chosen bool
}

// Title names who is brought back.
func (v ComebackForm) Title() string { return "Bring " + v.Head.called() + " back" }

// found says how many of the groups the search shows.
func (v ComebackForm) found() string {
	if v.Listed < v.Total {
		return words.Number(v.Listed) + " of " + words.Count(v.Total, "group", "groups") + " shown. Search to find others."
	}
	return words.Count(v.Total, "group", "groups") + " found."
}

// before names the groups from before.
func (v ComebackForm) before() string {
	list := make([]string, len(v.Before))
	for i, g := range v.Before {
		list[i] = g.Name
	}
	return names.List(list)
}
