package views

// MemberPage is one member.
type MemberPage struct {
	MemberRow
	// Called is the name, with the address where somebody else looks the same.
	Called       string
	BackURL      string
	JobTitle     string
	Phone        string
	Timezone     string
	DefaultAdmin bool
	Self         bool
	Tasks        OpenTasks
	Activity     RecentActivity
}
