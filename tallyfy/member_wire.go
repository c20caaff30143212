package tallyfy

import "strings"

// UnmarshalJSON reads a member; see [Role], [Status] and include for the shapes it accepts.
func (m *Member) UnmarshalJSON(data []byte) error {
	var w struct {
		ID             UserID               `json:"id"`
		Email          string               `json:"email"`
		Username       string               `json:"username"`
		FirstName      string               `json:"first_name"`
		LastName       string               `json:"last_name"`
		FullName       string               `json:"full_name"`
		ProfilePic     string               `json:"profile_pic"`
		Phone          flexText             `json:"phone"`
		JobTitle       string               `json:"job_title"`
		Timezone       string               `json:"timezone"`
		UTCOffset      flexText             `json:"UTC_offset"`
		Type           string               `json:"type"`
		Role           string               `json:"role"`
		Status         string               `json:"status"`
		IsActive       flexBool             `json:"is_active"`
		IsDefaultAdmin flexBool             `json:"is_default_admin"`
		InvitedBy      UserID               `json:"invited_by"`
		LastLoginAt    Time                 `json:"last_login_at"`
		ActivatedAt    Time                 `json:"activated_at"`
		CreatedAt      Time                 `json:"created_at"`
		UpdatedAt      Time                 `json:"updated_at"`
		Groups         include[Group]       `json:"groups"`
		Stats          include[MemberStats] `json:"stats"`
	}
	if err := decode(data, &w); err != nil {
		return err
	}
	*m = Member{
		ID: w.ID, Email: w.Email, Username: w.Username,
		FirstName: w.FirstName, LastName: w.LastName, FullName: w.FullName,
		ProfilePic: w.ProfilePic, Phone: string(w.Phone), JobTitle: w.JobTitle,
		Timezone: w.Timezone, UTCOffset: string(w.UTCOffset), Type: w.Type,
		Role:           Role(strings.ToLower(strings.TrimSpace(w.Role))),
		Status:         statusOf(w.Status, w.IsActive),
		IsDefaultAdmin: w.IsDefaultAdmin.value, InvitedBy: w.InvitedBy,
		LastLoginAt: w.LastLoginAt, ActivatedAt: w.ActivatedAt,
		CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
		Groups: w.Groups.items, GroupsIncluded: w.Groups.present,
	}
	m.IsActive = w.IsActive.value
	if !w.IsActive.set {
		m.IsActive = m.Status == StatusActive
	}
	if len(w.Stats.items) > 0 {
		m.Stats = &w.Stats.items[0]
	}
	return nil
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
