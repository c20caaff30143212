package oldwire

// Role is what a member may do. Any letter case is decoded to lower case; unknown roles are kept, in lower case.
type Role string

// The documented roles.
const (
	RoleAdmin    Role = "admin"
	RoleStandard Role = "standard"
	RoleLight    Role = "light"
)

// Status is how far a member has access, in lower case. Unknown ones are kept. A missing one is taken from is_active.
type Status string

// The documented statuses.
const (
	StatusActive   Status = "active"
	StatusInvited  Status = "invited"
	StatusDisabled Status = "disabled"
)

// Member is a person, or a bot, in an organisation. The API calls it "user".
type Member struct {
	ID         UserID
	Email      string
	Username   string
	FirstName  string
	LastName   string
	FullName   string
	ProfilePic string // a URL, "" for none
	Phone      string
	JobTitle   string
	Timezone   string
	UTCOffset  string // as the service writes it, like "+02:00"
	Type       string // "standard", "bot" …
	Role       Role
	Status     Status
	// IsActive is the service's is_active; when that is missing, whether the status is active.
	IsActive       bool
	IsDefaultAdmin bool
	InvitedBy      UserID // "" for nobody
	LastLoginAt    Time
	ActivatedAt    Time
	CreatedAt      Time
	UpdatedAt      Time
	Groups         []Group // only with=groups: id, name, logo, members and guests
	// GroupsIncluded tells "in no group" from "not asked for": true when the include was in the answer.
	GroupsIncluded bool
	Stats          *MemberStats // only with=stats
}

func (m *Member) identity() string { return string(m.ID) }

// MemberStats counts what a member has done so far.
type MemberStats struct {
	StepsCreated      int
	TasksCompleted    int
	ProcessesLaunched int
	ChecklistsCreated int
	LastStepCreatedAt Time
}
