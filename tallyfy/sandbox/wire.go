package sandbox

import "time"

// The wire structs are the sandbox's own: with a client's, a wrong json tag would cancel out.

type envelope struct {
	Data any `json:"data"`
}

type listEnvelope struct {
	Data any      `json:"data"`
	Meta listMeta `json:"meta"`
}

type listMeta struct {
	Pagination pagination `json:"pagination"`
}

type pagination struct {
	Total       int `json:"total"`
	Count       int `json:"count"`
	PerPage     int `json:"per_page"`
	CurrentPage int `json:"current_page"`
	TotalPages  int `json:"total_pages"`
	Links       any `json:"links"` // an empty array on a single page, pageLinks otherwise: a quirk of the service
}

type pageLinks struct {
	Previous *string `json:"previous"`
	Next     *string `json:"next"`
}

type errorBody struct {
	Error   bool                `json:"error,omitempty"`
	Message string              `json:"message"`
	Errors  map[string][]string `json:"errors,omitempty"`
}

// included is the wrapper of related data inside an item.
type included struct {
	Data any `json:"data"`
}

// The date forms of the service. Each field here has one of them, always the same.
func plainDate(t time.Time) *string  { return dateForm(t, "2006-01-02T15:04:05Z") }
func milliDate(t time.Time) *string  { return dateForm(t, "2006-01-02T15:04:05.000Z") }
func microDate(t time.Time) *string  { return dateForm(t, "2006-01-02T15:04:05.000000Z") }
func offsetDate(t time.Time) *string { return dateForm(t, "2006-01-02T15:04:05+00:00") }
func guestDate(t time.Time) *string  { return dateForm(t, "2006-01-02 15:04:05") }

// dateForm is null for the zero time.
func dateForm(t time.Time, layout string) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(layout)
	return &text
}

// orNull is null for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type groupWire struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description *string   `json:"description"`
	Logo        *string   `json:"logo"`
	Members     []int     `json:"members"`
	Guests      any       `json:"guests"` // emails; with=guests: included, under the same name
	CreatedAt   *string   `json:"created_at"`
	LastUpdated *string   `json:"last_updated"`
	Assets      *included `json:"assets,omitempty"`
	Users       *included `json:"users,omitempty"`
}

// A groupBrief is a group inside a member, with=groups.
type groupBrief struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Logo    *string  `json:"logo"`
	Members []int    `json:"members"`
	Guests  []string `json:"guests"`
}

type memberWire struct {
	ID             int     `json:"id"`
	Email          string  `json:"email"`
	Username       string  `json:"username"`
	FirstName      string  `json:"first_name"`
	LastName       string  `json:"last_name"`
	FullName       string  `json:"full_name"`
	ProfilePic     *string `json:"profile_pic"` // always null: the seed has no photographs
	IsActive       bool    `json:"is_active"`
	LastLoginAt    *string `json:"last_login_at"`
	ActivatedAt    *string `json:"activated_at"`
	CreatedAt      *string `json:"created_at"`
	UpdatedAt      *string `json:"updated_at"`
	Phone          *string `json:"phone"`
	JobTitle       *string `json:"job_title"`
	Timezone       string  `json:"timezone"`
	UTCOffset      string  `json:"UTC_offset"`
	Role           string  `json:"role"`
	Status         string  `json:"status"`
	IsDefaultAdmin bool    `json:"is_default_admin"`
	Type           *string `json:"type"` // null while invited over the API
	InvitedBy      *int    `json:"invited_by"`

	Groups         *included `json:"groups,omitempty"`
	Stats          *included `json:"stats,omitempty"`
	Organizations  *included `json:"organizations,omitempty"`
	Preferences    *included `json:"preferences,omitempty"`
	Assets         *included `json:"assets,omitempty"`
	MemberWatchers *included `json:"member_watchers,omitempty"`
	GuestWatchers  *included `json:"guest_watchers,omitempty"`
	AuthMethods    *included `json:"auth_methods,omitempty"`
	Country        *included `json:"country,omitempty"`
}

type memberStatsWire struct {
	StepsCreated      int     `json:"steps_created"`
	TasksCompleted    int     `json:"tasks_completed"`
	ProcessesLaunched int     `json:"processes_launched"`
	ChecklistsCreated int     `json:"checklists_created"`
	LastStepCreatedAt *string `json:"last_step_created_at"`
}

// removedWire is the answer to a removal.
type removedWire struct {
	ID        int    `json:"id"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Role      string `json:"role"`
	Status    string `json:"status"`
}

// seatsBody is a refusal for lack of a seat, as an object; flatSeatsBody is the older form.
type seatsBody struct {
	Error seatsWire `json:"error"`
}

type flatSeatsBody struct {
	Error bool `json:"error"`
	seatsWire
}

type seatsWire struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Details map[string]string `json:"details"`
}

type userWire struct {
	ID        int     `json:"id"`
	Email     string  `json:"email"`
	FirstName string  `json:"first_name"`
	LastName  string  `json:"last_name"`
	Username  string  `json:"username"`
	Timezone  string  `json:"timezone"`
	CreatedAt *string `json:"created_at"`
}

type organisationWire struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	CreatedAt *string `json:"created_at"`
}

type guestWire struct {
	ID             int          `json:"id"`
	Email          string       `json:"email"`
	FirstName      string       `json:"first_name"`
	LastName       string       `json:"last_name"`
	CreatedAt      *string      `json:"created_at"`
	LastAccessedAt *string      `json:"last_accessed_at"`
	DeletedAt      *string      `json:"deleted_at"`
	Link           string       `json:"link"` // a secret: it signs in as the guest
	Details        guestDetails `json:"details"`
	Stats          *included    `json:"stats,omitempty"`
}

type guestDetails struct {
	Status      string  `json:"status"`
	CompanyName *string `json:"company_name"`
	Phone1      *string `json:"phone_1"` // always null
	DisabledAt  *string `json:"disabled_at"`
	KnownBy     []int   `json:"associated_members"` // null for nobody
}

type taskWire struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Status    string     `json:"status"`
	RunID     *string    `json:"run_id"`
	Deadline  *string    `json:"deadline"`
	CreatedAt *string    `json:"created_at"`
	Owners    ownersWire `json:"owners"`
}

type ownersWire struct {
	Users  []ownerWire      `json:"users"`
	Guests []string         `json:"guests"`
	Groups []ownerGroupWire `json:"groups"`
}

type ownerWire struct {
	ID       int    `json:"id"`
	FullName string `json:"full_name"`
}

type ownerGroupWire struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// activityWire has its single values in lists of one, as the service does.
type activityWire struct {
	ID             string      `json:"id"`
	OrganizationID string      `json:"organization_id"`
	Verb           []string    `json:"verb"`
	Source         []string    `json:"source"`
	ActorType      []string    `json:"actor_type"`
	ActorID        []int       `json:"actor_id"`
	Actor          []actorWire `json:"actor"`
	Type           []string    `json:"type"`
	Description    []string    `json:"description"` // empty, as the four below: not documented
	Field          []string    `json:"field"`
	OldValue       []string    `json:"old_value"`
	Text           []string    `json:"text"`
	References     []string    `json:"references"`
	AuditableType  string      `json:"auditable_type"`
	AuditableID    string      `json:"auditable_id"`
	ParentableType *string     `json:"parentable_type"` // always null, as the id
	ParentableID   *string     `json:"parentable_id"`
	CreatedAt      *string     `json:"created_at"`
	Undoable       bool        `json:"undoable"`
}

type actorWire struct {
	Email      string  `json:"email"`
	Username   string  `json:"username"`
	FirstName  string  `json:"first_name"`
	LastName   string  `json:"last_name"`
	FullName   string  `json:"full_name"`
	ProfilePic *string `json:"profile_pic"` // always null
}

type assetWire struct {
	ID           string           `json:"id"`
	Filename     string           `json:"filename"`
	Version      int              `json:"version"`
	UploadedFrom string           `json:"uploaded_from"`
	UploadedAt   *string          `json:"uploaded_at"`
	Source       string           `json:"source"`
	System       bool             `json:"system"`
	UploadedToS3 bool             `json:"uploaded_to_s3"`
	Subject      assetSubjectWire `json:"subject"`
}

type assetSubjectWire struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}
