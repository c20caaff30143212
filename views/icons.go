package views

// The icons are Lucide's, by its names. After a change here "make icons" makes static/icons/sprite.svg anew.
const (
	iconOverview = "layout-dashboard"
	iconMembers  = "user"
	iconGroups   = "users"
	iconGuests   = "contact"
	iconAccess   = "grid-3x3"
	iconActivity = "history"
	iconHelp     = "circle-question-mark"
	iconSearch   = "search"
	iconMenu     = "menu"
	iconOpen     = "chevrons-up-down"
	iconHere     = "check"
	iconSignOut  = "log-out"
	iconDevices  = "monitor-smartphone"
	iconLocked   = "lock"
	iconWarning  = "triangle-alert"
)

// icons are all of them, for the kit.
var icons = []string{
	iconOverview, iconMembers, iconGroups, iconGuests, iconAccess, iconActivity, iconHelp, iconSearch, iconMenu, iconOpen, iconHere, iconSignOut, iconDevices, iconLocked, iconWarning,
}
