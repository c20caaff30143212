package membership

import (
	"fmt"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// The kinds of sentence of an edit.
const (
	lineName        = "name"
	lineDescription = "description"
	lineIn          = "in"   // who was added is in the group
	lineOut         = "out"  // who was removed is not
	lineKept        = "kept" // everybody else stays
)

// The lists of an edit in the journal.
const (
	addedList   = "Added"
	removedList = "Taken out"
)

// nameOf is the name of a member, with the address where another one has the same. members is nil
// where no names are known.
func nameOf(members *directory.Members, id tallyfy.UserID) string {
	if members != nil {
		if m, ok := members.ByID(id); ok {
			if len(members.Others(m.Name(), id)) > 0 {
				return names.Marked(m.Name(), m.Email)
			}
			return m.Name()
		}
	}
	return "Member " + string(id)
}

// namesOf are the names of members, as nameOf has them, and the addresses of guests.
func namesOf(members *directory.Members, ids []tallyfy.UserID, guests []string) []string {
	list := make([]string, 0, len(ids)+len(guests))
	for _, id := range ids {
		list = append(list, nameOf(members, id))
	}
	return append(list, guests...)
}

// mostNamed is how many people a sentence names.
const mostNamed = 5

// some names the first of a list of people.
func some(list []string) string {
	if len(list) <= mostNamed+1 {
		return names.List(list)
	}
	return names.First(list, mostNamed)
}

func are(n int) string { return words.Noun(n, "is", "are") }

// Words is what the edit does in words that follow a name: "add Bo to Payroll", "added Bo to Payroll".
func (c *Edit) words(group string) (will, did, result string) {
	added, removed := namesOf(c.copy, c.Did.Add, c.Did.AddGuests), namesOf(c.copy, c.Did.Remove, c.Did.RemoveGuests)
	var wills, dids, results []string
	add := func(will, did, result string) {
		wills, dids, results = append(wills, will), append(dids, did), append(results, result)
	}
	if c.name != c.Group.Name {
		to := names.Isolate(c.name)
		add("rename "+group+" to "+to, "renamed "+group+" to "+to, group+" is called "+to+" now.")
	}
	if c.description != c.Group.Description {
		add("change the description of "+group, "changed the description of "+group, "The description of "+group+" was changed.")
	}
	if n := len(added); n > 0 {
		who := some(added)
		add("add "+who+" to "+group, "added "+who+" to "+group, who+" "+words.Noun(n, "was", "were")+" added to "+group+".")
	}
	if n := len(removed); n > 0 {
		who := some(removed)
		add("take "+who+" out of "+group, "took "+who+" out of "+group, who+" "+words.Noun(n, "was", "were")+" taken out of "+group+".")
	}
	will, did, result = and(wills), and(dids), strings.Join(results, " ")
	will, did = ofAnother(c.Undoes, c.Repeats, will, did)
	if c.Merges != "" {
		from := ", to merge " + names.Isolate(c.Merges) + " into it"
		will, did = will+from, did+from
	}
	return will, did, result
}

// ofAnother words a change that undoes or repeats another one; "" for none.
func ofAnother(undoes, repeats, will, did string) (string, string) {
	switch {
	case undoes != "":
		return "undo a change: " + will, "undid a change: " + did
	case repeats != "":
		return will + " once more", did + " once more"
	}
	return will, did
}

// Plan implements change.Change. It is stopped where there is nothing to do, and where the person has to
// decide something first.
func (c *Edit) Plan() change.Plan {
	g := c.Group
	group := names.Isolate(g.DisplayName())
	will, did, result := c.words(group)
	facts := editFacts{People: c.Did, Undoes: c.Undoes, Repeats: c.Repeats, Called: group, Result: result}
	p := change.Plan{
		Stopped:         c.Merges != "" && c.Unread() || c.Conflict() || c.Nothing() || c.NeedsDescription() || c.Unseen(),
		Subjects:        []journal.Subject{journal.GroupSubject(g)},
		Concerned:       slices.Concat(c.Did.Add, c.Did.Remove),
		ConcernedGuests: slices.Concat(c.Did.AddGuests, c.Did.RemoveGuests),
		Seen:            c.seen(),
		Plan:            journal.Plan{Will: will, Did: did, Warnings: c.Stakes()},
	}
	line := func(kind, text string) { p.Lines = append(p.Lines, journal.Line{Kind: kind, Text: text}) }
	if c.name != g.Name {
		facts.Name = &Text{Was: g.Name, Yours: c.name}
		line(lineName, "The group's name is "+names.Isolate(c.name)+".")
		p.Differ(journal.Difference{What: "Name", Before: []string{g.Name}, After: []string{c.name}})
	}
	if c.description != g.Description {
		facts.Description = &Text{Was: g.Description, Yours: c.description}
		line(lineDescription, "The group's description is "+quoted(c.description)+".")
		p.Differ(journal.Difference{What: "Description", Before: []string{g.Description}, After: []string{c.description}})
	}
	added, removed := namesOf(c.copy, c.Did.Add, c.Did.AddGuests), namesOf(c.copy, c.Did.Remove, c.Did.RemoveGuests)
	if n := len(added); n > 0 {
		line(lineIn, some(added)+" "+are(n)+" in "+group+".")
	}
	if n := len(removed); n > 0 {
		line(lineOut, some(removed)+" "+are(n)+" not in "+group+" any more.")
	}
	kept, now := c.keptText()
	p.Lines = append(p.Lines, journal.Line{Kind: lineKept, Text: kept, Now: now})
	others := c.Others()
	p.Differ(
		journal.Difference{What: addedList, After: added},
		journal.Difference{What: removedList, Before: removed},
		journal.Difference{What: "Added by others meanwhile", After: namesOf(c.copy, others.Add, others.AddGuests)},
		journal.Difference{What: "Taken out by others meanwhile", Before: namesOf(c.copy, others.Remove, others.RemoveGuests)},
	)
	p.Facts = journal.Facts(facts)
	return p
}

// seen is what the person saw besides the names in the sentences: what the edit does to whom. Who else is in
// the group is not part of it: others may come and go meanwhile.
func (c *Edit) seen() (list []string) {
	for _, id := range c.Did.Add {
		list = append(list, "+"+string(id))
	}
	for _, id := range c.Did.Remove {
		list = append(list, "-"+string(id))
	}
	for _, address := range c.Did.AddGuests {
		list = append(list, "+"+address)
	}
	for _, address := range c.Did.RemoveGuests {
		list = append(list, "-"+address)
	}
	if c.description != c.Group.Description {
		list = append(list, "="+c.description)
	}
	if c.Merges != "" {
		for _, l := range c.LeftOut {
			list = append(list, "!"+string(l.ID))
		}
	}
	return list
}

// quotedLetters is how much of a description is said in a sentence.
const quotedLetters = 120

// quoted is a description in a sentence, the beginning of a long one.
func quoted(text string) string {
	if letters := []rune(text); len(letters) > quotedLetters {
		text = string(letters[:quotedLetters]) + "…"
	}
	return "“" + names.Isolate(text) + "”"
}

// keptText says that everybody else stays, and counts them. Ids of people who are gone are sent along, and not counted.
func (c *Edit) keptText() (text, now string) {
	kept, keptGuests := People{Remove: c.Did.Add, RemoveGuests: c.Did.AddGuests}.Merge(c.members, c.guests)
	members := len(kept)
	if c.copy != nil {
		members = c.copy.Count(kept)
	}
	text = "Everybody else stays in the group."
	if c.Did.Empty() {
		text = "Who is in the group stays as it is."
	}
	switch {
	case members+len(keptGuests) == 0 && len(c.Did.Add)+len(c.Did.AddGuests) == 0:
		return "Nobody is in the group then.", ""
	case members+len(keptGuests) == 0:
		return "Nobody else is in the group.", ""
	case len(keptGuests) == 0:
		return text, "That is " + words.Count(members, "member", "members") + "."
	case members == 0:
		return text, "That is " + words.Count(len(keptGuests), "guest", "guests") + "."
	}
	return text, "That is " + people(members, len(keptGuests)) + "."
}

// OthersText says what has changed since the person saw the group, "" for nothing. It does not say
// by whom: that may have been the person, in another tab.
func (c *Edit) OthersText() string {
	if c.Base == nil && c.Saw != "" && c.Saw != PeopleKey(c.Group) {
		return "Since you opened this page it was changed who is in the group. That is kept."
	}
	o := c.Others()
	var list []string
	if who := namesOf(c.copy, o.Add, o.AddGuests); len(who) > 0 {
		list = append(list, some(who)+words.Noun(len(who), " was", " were")+" added")
	}
	if who := namesOf(c.copy, o.Remove, o.RemoveGuests); len(who) > 0 {
		list = append(list, some(who)+words.Noun(len(who), " was", " were")+" taken out")
	}
	if len(list) == 0 {
		return ""
	}
	return "Since you opened this page " + and(list) + ". That is kept."
}

// JoinedText says who is added as a member although the wish had an address.
func (c *Edit) JoinedText() string {
	switch len(c.Joined) {
	case 0:
		return ""
	case 1:
		return names.List(c.Joined) + " is a member of the organisation, and is added as one."
	}
	return names.List(c.Joined) + " are members of the organisation, and are added as such."
}

// NotesText says what else there is to know about an edit: who was added as a member or left out, and what
// others have changed. Without Look it is empty.
func (c *Edit) NotesText() string {
	if c.Group == nil {
		return ""
	}
	parts := []string{c.LeftOutText(), c.OthersText()}
	if !c.Nothing() {
		parts = slices.Insert(parts, 0, c.JoinedText())
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// NothingText says that the group is as wished already.
func (c *Edit) NothingText() string {
	return "There was nothing to change in " + names.Isolate(c.Group.DisplayName()) + ", so nothing was sent to Tallyfy."
}

// LeftOutText says who was not added, "" for nobody.
func (c *Edit) LeftOutText() string { return LeftOutText(c.LeftOut) }

// LeftOutText says who was not added and why, "" for nobody.
func LeftOutText(left []LeftOut) string {
	var list []string
	for _, l := range left {
		list = append(list, fmt.Sprintf("%s (%s)", names.Isolate(l.Name), l.Why))
	}
	switch {
	case len(list) == 0:
		return ""
	case len(list) > mostNamed+1:
		list = append(list[:mostNamed:mostNamed], words.Count(len(list)-mostNamed, "other", "others"))
	}
	return "Not added: " + strings.Join(list, "; ") + "."
}

// and joins parts of a sentence.
func and(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// Sizes says how many people are in the group before and after the edit.
func (c *Edit) Sizes() (before, after string) {
	size := func(members []tallyfy.UserID, guests []string) string {
		n := len(members)
		if c.copy != nil {
			n = c.copy.Count(members)
		}
		return people(n, len(guests))
	}
	return size(c.Group.Members, c.Group.Guests), size(c.members, c.guests)
}
