package views

import (
	"time"

	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// ReviewSets is the list of starter sets.
type ReviewSets struct {
	Rows []ReviewSetRow
	// Titles are job titles without a set.
	Titles []ReviewTitle
}

// A ReviewSetRow is the groups that are expected of people with a job title, "" for everybody. Gone is how many of them
// are not there any more.
type ReviewSetRow struct {
	Title  string
	People int
	Groups []GroupLink
	Gone   int
	By     string
	At     time.Time
}

// A ReviewTitle is a job title with how many active people have it.
type ReviewTitle struct {
	Title  string
	People int
}

// ReviewSet is the form for one starter set.
type ReviewSet struct {
	// Title is the job title, "" for everybody. People is how many active people have it.
	Title  string
	People int
	// Offered are the groups to choose from, those chosen first. Found is how many of the others fit the search, Matching how
	// many there are in all. Gone are chosen ones that are not there any more.
	Offered               []PickedGroup
	Found, Matching, Gone int
	Find                  string
	// Kept says that there is such a set already.
	Kept        bool
	Errors      map[string]string
	Notice      *Notice
	Base, Press string
}

// setOf names whom a set is for.
func setOf(title string) string {
	if title == "" {
		return "Everybody"
	}
	return names.Isolate(title)
}

// who says how many people a set is about.
func (r ReviewSetRow) who() string {
	if r.Title == "" {
		return "Whatever the job title"
	}
	return words.Count(r.People, "active person", "active people")
}

// goneText says how many groups are not there any more.
func goneText(n int) string {
	return words.Count(n, "group of the set is", "groups of the set are") + " not in Tallyfy any more."
}

// Heading is the title of the form.
func (v ReviewSet) Heading() string {
	if v.Title == "" {
		return "Starter set for everybody"
	}
	return "Starter set for " + names.Isolate(v.Title)
}

// offer says what the list of groups shows.
func (v ReviewSet) offer() string {
	if v.Matching == 0 && v.Find != "" {
		return "No other group matches “" + names.Isolate(v.Find) + "”."
	}
	return showing(v.Found, v.Matching, "other group", "other groups")
}

// lead says what the form is for.
func (v ReviewSet) lead() string {
	if v.Title == "" {
		return "Reviews show these groups as expected of everybody. Nobody is added to a group by it."
	}
	return "Reviews show these groups as expected of " + words.Count(v.People, "active person", "active people") + " with this job title, and of who gets it later. Nobody is added to a group by it."
}
