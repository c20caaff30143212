package views

// MemberPage is one member.
type MemberPage struct {
	MemberRow
	BackURL      string
	JobTitle     string
	Phone        string
	Timezone     string
	DefaultAdmin bool
	Self         bool
	Tasks        OpenTasks
	Activity     RecentActivity
}
