package oldwire

import (
	"strings"
)

// UnmarshalJSON reads a member; see [Role], [Status] and include for the shapes it accepts.
func (m *Member) UnmarshalJSON(data []byte) error { return unmarshal(data, m) }

func (m *Member) readFrom(in *input) error {
	return m.read(in, func() error {
		var groups include[Group]
		err := groups.readFrom(in)
		m.Groups, m.GroupsIncluded = groups.items, true
		return err
	})
}

// read reads a member; groups reads the include of that name.
func (m *Member) read(in *input, groups func() error) error {
	*m = Member{}
	var active flexBool
	if in.kind() == kindNull {
		if err := in.skip(); err != nil {
			return err
		}
	} else if err := in.fields(func(name []byte) error {
		if string(name) == "groups" {
			return groups()
		}
		return m.readField(in, name, &active)
	}); err != nil {
		return err
	}
	m.Role = roleOf(string(m.Role))
	m.Status = statusOf(string(m.Status), active)
	m.IsActive = active.value
	if !active.set {
		m.IsActive = m.Status == StatusActive
	}
	return nil
}

// readField leaves role, status and is_active as they came.
func (m *Member) readField(in *input, name []byte, active *flexBool) (err error) {
	var s string
	switch string(name) {
	case "id":
		s, err = in.id()
		m.ID = UserID(s)
	case "email":
		m.Email, err = in.text()
	case "username":
		m.Username, err = in.text()
	case "first_name":
		m.FirstName, err = in.text()
	case "last_name":
		m.LastName, err = in.text()
	case "full_name":
		m.FullName, err = in.text()
	case "profile_pic":
		m.ProfilePic, err = in.text()
	case "phone":
		m.Phone, err = in.looseText()
	case "job_title":
		m.JobTitle, err = in.text()
	case "timezone":
		m.Timezone, err = in.text()
	case "utc_offset":
		m.UTCOffset, err = in.looseText()
	case "type":
		m.Type, err = in.text()
	case "role":
		s, err = in.text()
		m.Role = Role(s)
	case "status":
		s, err = in.text()
		m.Status = Status(s)
	case "is_active":
		*active, err = in.flag()
	case "is_default_admin":
		var admin flexBool
		admin, err = in.flag()
		m.IsDefaultAdmin = admin.value
	case "invited_by":
		s, err = in.id()
		m.InvitedBy = UserID(s)
	case "last_login_at":
		m.LastLoginAt, err = in.time()
	case "activated_at":
		m.ActivatedAt, err = in.time()
	case "created_at":
		m.CreatedAt, err = in.time()
	case "updated_at":
		m.UpdatedAt, err = in.time()
	case "stats":
		var stats include[MemberStats]
		err = stats.readFrom(in)
		m.Stats = nil
		if len(stats.items) > 0 {
			m.Stats = &stats.items[0]
		}
	default:
		err = in.skip()
	}
	return err
}

// roleOf lowers a role's case, without a new text for those that are known.
func roleOf(role string) Role {
	role = strings.TrimSpace(role)
	for _, known := range [...]Role{RoleStandard, RoleLight, RoleAdmin} {
		if strings.EqualFold(role, string(known)) {
			return known
		}
	}
	return Role(strings.ToLower(role))
}

// statusOf falls back on is_active, because samples of one member leave the status out.
func statusOf(status string, isActive flexBool) Status {
	status = strings.ToLower(strings.TrimSpace(status))
	switch {
	case status != "":
		return Status(status)
	case isActive.set && !isActive.value:
		return StatusDisabled
	default:
		return StatusActive
	}
}

// UnmarshalJSON reads the counts; one that is missing or no number is 0.
func (s *MemberStats) UnmarshalJSON(data []byte) error {
	var w struct {
		StepsCreated      flexInt `json:"steps_created"`
		TasksCompleted    flexInt `json:"tasks_completed"`
		ProcessesLaunched flexInt `json:"processes_launched"`
		ChecklistsCreated flexInt `json:"checklists_created"`
		LastStepCreatedAt Time    `json:"last_step_created_at"`
	}
	if err := decode(data, &w); err != nil {
		return err
	}
	*s = MemberStats{
		StepsCreated: int(w.StepsCreated), TasksCompleted: int(w.TasksCompleted),
		ProcessesLaunched: int(w.ProcessesLaunched), ChecklistsCreated: int(w.ChecklistsCreated),
		LastStepCreatedAt: w.LastStepCreatedAt,
	}
	return nil
}
