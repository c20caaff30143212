// Package journal is the record of every change that was made through the dashboard. Pages call it
// Activity. An entry is stored before the change is sent, and gets its outcome and its check afterwards.
//
// Plain columns hold the organisation, the time, the kind, the state, the ids of the actor and of
// everybody concerned, and a hash of the address of each guest, so that one SQL text filters on both
// engines. Names, sentences, the plan, before and after are sealed with the server's secret. Text is
// searched after opening. Entries are deleted after JOURNAL_DAYS. What a change deleted is kept
// beside its entry, sealed as well, and goes earlier, after TRASH_DAYS, with an entry of its own:
// see Journal.Sweep.
//
// It may import store, the types of package tallyfy, and names for its sentences. A new thing to record about every change is a
// field of Intent, Outcome or Check; a new filter is a field of Filter with its condition in filter.go.
package journal
