package views

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// An AccessState is what the address of the access page says.
type AccessState struct {
	// Groups are the columns; none means that the page chooses.
	Groups []tallyfy.ID
	// Query is the search for people.
	Query string
	// Like is whom the others are compared with: an id, or a name to find somebody by.
	Like string
	// Find is the search for further groups.
	Find string
	// Everybody includes disabled people and bots.
	Everybody bool
	Page      int
}

// everybody is the value of "show" that includes disabled people and bots.
const everybody = "everybody"

// ParseAccessState reads the state from an address. What it does not know is dropped.
func ParseAccessState(v url.Values) AccessState {
	s := AccessState{Query: v.Get("q"), Like: v.Get("like"), Find: v.Get("find"), Everybody: v.Get("show") == everybody, Page: 1}
	for _, id := range v["group"] {
		if id != "" {
			s.Groups = append(s.Groups, tallyfy.ID(id))
		}
	}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 1 {
		s.Page = n
	}
	return s
}

func (s AccessState) query() string { return query(s.fields()...) }

// fields are the state as an address or a form has it.
func (s AccessState) fields() []parameter {
	parameters := []parameter{{"q", s.Query}, {"like", s.Like}, {"find", s.Find}}
	for _, id := range s.Groups {
		parameters = append(parameters, parameter{"group", string(id)})
	}
	if s.Everybody {
		parameters = append(parameters, parameter{"show", everybody})
	}
	if s.Page > 1 {
		parameters = append(parameters, parameter{"page", strconv.Itoa(s.Page)})
	}
	return parameters
}

// Values are the fields as a form.
func (s AccessState) Values() url.Values {
	form := url.Values{}
	for _, f := range s.fields() {
		if f.value != "" {
			form.Add(f.name, f.value)
		}
	}
	return form
}

func columnID(i int) string { return "group-" + strconv.Itoa(i) }
func rowID(i int) string    { return "person-" + strconv.Itoa(i) }

// joining counts the rows that can be added to a group.
func (v AccessPage) joining(column int) (n int) {
	for i := range v.Rows {
		if !v.Rows[i].In[column] && v.Rows[i].CanJoin {
			n++
		}
	}
	return n
}

// At is another page of the same.
func (s AccessState) At(page int) AccessState {
	s.Page = page
	return s
}

// LikeWho compares everybody with another member, in whose groups they then are.
func (s AccessState) LikeWho(id tallyfy.UserID) AccessState {
	return AccessState{Query: s.Query, Like: string(id), Everybody: s.Everybody}
}

// With is the same with these columns.
func (s AccessState) With(groups []tallyfy.ID) AccessState {
	s.Groups, s.Page = groups, 1
	return s
}

// AccessPage is people against groups.
type AccessPage struct {
	State   AccessState
	ReadAt  time.Time
	Missing string
	// Like is whom the others are compared with, nil for nobody. LikeNote says why there is nobody though
	// one was asked for, and Candidates are those whom the name fits.
	Like       *Person
	LikeNote   string
	Candidates []components.LinkProps
	// Chips are what is on.
	Chips []components.Chip
	// Chosen says that the columns were chosen, TooMany that more were chosen than fit.
	Chosen, TooMany bool
	Columns         []AccessColumn
	// Rows are those of the page that is shown.
	Rows  []AccessRow
	Pager Pager
	// Groups are those to choose from: the columns, and those that the search found. More is how many others
	// it found.
	Groups []AccessGroup
	More   int
	// Edit is the form for changing who is in what; nil for those who may not.
	Edit *AccessEdit
}

// AccessEdit is the form around people and groups.
type AccessEdit struct {
	// Changes is how many boxes are changed, here and elsewhere.
	Changes int
	// Elsewhere are the changed boxes that the page does not show, and More the values of those beyond them, by
	// the name of their field.
	Elsewhere []AccessChoice
	More      []AccessChoice
	// Press identifies the press of the button.
	Press   string
	Notice  *Notice
	Problem string
}

// An AccessChoice is a changed box: Name is the field, "add" or "remove", and Value the group and the person.
type AccessChoice struct {
	Name, Value, Text string
}

// CellValue is the value of a box: the ids of its group and its person, neither of which holds a blank.
func CellValue(group tallyfy.ID, member tallyfy.UserID) string {
	return string(group) + " " + string(member)
}

// Button is the text of the button that leads on.
func (e AccessEdit) Button() string {
	if e.Changes == 0 {
		return "Review changes"
	}
	return "Review " + words.Count(e.Changes, "change", "changes")
}

// shownRows are the ids of the people that the page shows.
func (v AccessPage) shownRows() string {
	ids := make([]string, len(v.Rows))
	for i := range v.Rows {
		ids[i] = string(v.Rows[i].ID)
	}
	return strings.Join(ids, " ")
}

// shownIn is a group's id, followed by the ids of those of the rows who are in it.
func (v AccessPage) shownIn(column int) string {
	ids := []string{string(v.Columns[column].ID)}
	for i := range v.Rows {
		if v.Rows[i].In[column] {
			ids = append(ids, string(v.Rows[i].ID))
		}
	}
	return strings.Join(ids, " ")
}

// AccessReview shows what changed boxes do before they are sent.
type AccessReview struct {
	// Back is the address of the page with the boxes.
	Back   string
	State  AccessState
	Groups []AccessReviewGroup
	// Warnings is what is at stake, Notes everything else to know.
	Warnings, Notes []string
	// Add and Remove are values of boxes.
	Add, Remove []string
	Seen, Press string
	Notice      *Notice
	// Error is the message of the box to tick.
	Error string
}

// An AccessReviewGroup is one of the groups that are changed.
type AccessReviewGroup struct {
	ID                        tallyfy.ID
	Name, Text, Before, After string
}

func (v AccessReview) title() string {
	return "Change " + words.Count(len(v.Groups), "group", "groups") + "?"
}

// An AccessColumn is a group. Members is how many of all the people, on whichever page, are in it, and First
// are the first of them.
type AccessColumn struct {
	ID      tallyfy.ID
	Name    string
	Members int
	First   []Person
}

// An AccessRow is a member. In says for each column whether the member is in it, Count for how many.
type AccessRow struct {
	Person
	In    []bool
	Count int
	// Changed says for each column that the box was changed and is not saved yet.
	Changed []bool
	// CanJoin says that the member can be added to groups.
	CanJoin bool
	// Namesake says that another row has the same name.
	Namesake bool
}

// An AccessGroup is a group that can be a column.
type AccessGroup struct {
	ID      tallyfy.ID
	Name    string
	Members int
	Chosen  bool
}

// lead says what is compared, and what the boxes are for.
func (v AccessPage) lead() string {
	if v.Edit == nil {
		return v.compared()
	}
	return v.compared() + " Tick who is to be in a group; before anything is changed you see what happens."
}

func (v AccessPage) compared() string {
	switch {
	case v.Like != nil && v.Chosen:
		return "Those who share most groups with " + names.Isolate(v.Like.Name) + " come first."
	case v.Like != nil:
		return "The groups of " + names.Isolate(v.Like.Name) + ", the smallest first. Those who share most of them come first."
	case v.Chosen:
		return "Who is in the chosen groups."
	}
	return "The largest groups, without those that hold more than half of everybody. Choose groups, or somebody to compare with."
}

// position says which of the people are shown.
func (v AccessPage) position() string {
	return words.Count(v.Pager.Total, "person", "people") + " in " + words.Count(len(v.Columns), "group", "groups")
}
