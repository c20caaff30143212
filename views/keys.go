package views

import "strings"

// A Key is a key and what it does. Keys of two letters are pressed one after the other.
type Key struct {
	// Names are the keys as script knows them: "g o", "Ctrl k". One that the browser or a picker handles
	// is as it stands on the keyboard.
	Names []string
	Does  string
	// Browser says that the browser or a field does it, and not the table of keys in static/js/app.js.
	Browser bool
}

// A KeyGroup is where keys work.
type KeyGroup struct {
	Where string
	Keys  []Key
}

// Keys are all keys, as the page of help lists them. A test compares them with those that script knows.
var Keys = []KeyGroup{
	{"On every page", []Key{
		{Names: []string{"/"}, Does: "search this list, or everything where there is none"},
		{Names: []string{"Ctrl k"}, Does: "search members, groups and guests"},
		{Names: []string{"g o"}, Does: "go to Overview"},
		{Names: []string{"g m"}, Does: "go to Members"},
		{Names: []string{"g g"}, Does: "go to Groups"},
		{Names: []string{"g u"}, Does: "go to Guests"},
		{Names: []string{"g x"}, Does: "go to Access"},
		{Names: []string{"g a"}, Does: "go to Activity"},
		{Names: []string{"?"}, Does: "show these keys"},
		{Names: []string{"Escape"}, Does: "close a menu or a dialog; clear the search"},
	}},
	{"In a list", []Key{
		{Names: []string{"j"}, Does: "go to the next row"},
		{Names: []string{"k"}, Does: "go to the row before"},
		{Names: []string{"o"}, Does: "open the row"},
		{Names: []string{"x"}, Does: "choose the row, or not, where rows have boxes"},
	}},
	{"In Access", []Key{
		{Names: []string{"←", "→", "↑", "↓"}, Does: "go from box to box", Browser: true},
		{Names: []string{"Space"}, Does: "tick or untick", Browser: true},
		{Names: []string{"Enter"}, Does: "review the changes", Browser: true},
	}},
	{"In a review", []Key{
		{Names: []string{"l"}, Does: "looks right"},
		{Names: []string{"c"}, Does: "change groups: first go to them, then save"},
		{Names: []string{"d"}, Does: "not yet: first go to the day, then save"},
		{Names: []string{"a"}, Does: "ask someone: first go to the note, then save"},
		{Names: []string{"n"}, Does: "go to the next person"},
		{Names: []string{"p"}, Does: "go to the person before"},
		{Names: []string{"u"}, Does: "go back to the one decided last"},
	}},
	{"In a picker", []Key{
		{Names: []string{"↓"}, Does: "from the search field: go into the list", Browser: true},
		{Names: []string{"↑", "↓"}, Does: "move in the list", Browser: true},
		{Names: []string{"Space"}, Does: "choose", Browser: true},
		{Names: []string{"Enter"}, Does: "in the search field: search now", Browser: true},
	}},
}

// keyLabels are the keys of a name as they stand on the keyboard.
func keyLabels(name string) []string {
	switch name {
	case "Ctrl k":
		return []string{"Ctrl / ⌘", "K"}
	case "Escape":
		return []string{"Esc"}
	}
	return strings.Fields(name)
}
