package tallyfy

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemberStatusAndActivity(t *testing.T) {
	for in, want := range map[string]struct {
		status          Status
		active, canWork bool
	}{
		`{}`:                                     {StatusActive, true, true},
		`{"status":"active"}`:                    {StatusActive, true, true},
		`{"status":"Active","is_active":true}`:   {StatusActive, true, true},
		`{"status":"","is_active":true}`:         {StatusActive, true, true},
		`{"status":null,"is_active":false}`:      {StatusDisabled, false, false},
		`{"is_active":0}`:                        {StatusDisabled, false, false},
		`{"is_active":"1"}`:                      {StatusActive, true, true},
		`{"is_active":null}`:                     {StatusActive, true, true},
		`{"status":"active","is_active":false}`:  {StatusActive, false, false},
		`{"status":"INVITED","is_active":true}`:  {StatusInvited, true, false},
		`{"status":"disabled","is_active":true}`: {StatusDisabled, true, false},
		`{"status":"disabled"}`:                  {StatusDisabled, false, false},
		`{"status":"Paused"}`:                    {"paused", false, false},
		`{"status":"active","type":"Bot"}`:       {StatusActive, true, false},
		`{"status":"active","type":"standard"}`:  {StatusActive, true, true},
	} {
		var m Member
		require.NoError(t, unmarshal([]byte(in), &m), in)
		assert.Equal(t, want.status, m.Status, in)
		assert.Equal(t, want.active, m.IsActive, in)
		assert.Equal(t, want.canWork, m.CanWork(), in)
	}
}

func TestMemberRoles(t *testing.T) {
	for in, want := range map[string]Role{
		`"Admin"`: RoleAdmin, `"STANDARD"`: RoleStandard, `"light"`: RoleLight, `"Auditor"`: "auditor", `null`: "", `" Admin "`: RoleAdmin,
	} {
		var m Member
		require.NoError(t, unmarshal([]byte(`{"role":`+in+`}`), &m), in)
		assert.Equal(t, want, m.Role, in)
	}
}

func TestMemberFields(t *testing.T) {
	var m Member
	require.NoError(t, unmarshal([]byte(`{
		"id": "1001", "email": "ada@x.test", "username": "ada", "first_name": "Ada", "last_name": "Byron", "full_name": "Ada Byron",
		"profile_pic": null, "is_active": true, "last_login_at": "2023-01-15T09:00:00Z", "activated_at": null,
		"created_at": "2023-01-14T09:00:00.000Z", "updated_at": "", "phone": 5551234, "job_title": "Analyst", "timezone": "Europe/London",
		"UTC_offset": "+01:00", "role": "Admin", "status": "active", "is_default_admin": true, "type": "standard", "invited_by": 7,
		"groups": {"data": [{"id": "g1", "name": "Sales", "members": [1001], "guests": null}]},
		"stats": {"data": {"steps_created": 3, "tasks_completed": "4", "processes_launched": null,
			"checklists_created": 6, "last_step_created_at": "2023-01-15T09:00:00Z"}}
	}`), &m))
	assert.Equal(t, UserID("1001"), m.ID)
	assert.Equal(t, Text("5551234"), m.Phone)
	assert.Equal(t, Text("+01:00"), m.UTCOffset)
	assert.True(t, m.IsDefaultAdmin)
	assert.Equal(t, UserID("7"), m.InvitedBy)
	assert.True(t, m.ActivatedAt.IsZero())
	assert.Equal(t, "2023-01-15", m.LastLoginAt.Format("2006-01-02"))
	assert.True(t, m.GroupsIncluded)
	require.Len(t, m.Groups, 1)
	assert.Equal(t, UserIDs{"1001"}, m.Groups[0].Members)
	assert.Equal(t, Include[MemberStats]{{StepsCreated: 3, TasksCompleted: 4, ChecklistsCreated: 6, LastStepCreatedAt: m.LastLoginAt}}, m.Stats)
}

func TestMemberGroupsInclude(t *testing.T) {
	for in, want := range map[string]struct {
		included bool
		groups   int
	}{
		`{}`:                             {false, 0},
		`{"groups":null}`:                {true, 0},
		`{"groups":{"data":[]}}`:         {true, 0},
		`{"groups":{"data":null}}`:       {true, 0},
		`{"groups":[]}`:                  {true, 0},
		`{"groups":{}}`:                  {true, 0},
		`{"groups":[{"id":"a"}]}`:        {true, 1},
		`{"groups":{"id":"a"}}`:          {true, 1},
		`{"groups":{"data":{"id":"a"}}}`: {true, 1},
		`{"groups":{"data":[{"id":"a"},null,{"id":"b"}]}}`: {true, 2},
		`{"groups":[{"id":"a"},{"id":"b"},{"id":"a"}]}`:    {true, 2},
	} {
		var m Member
		require.NoError(t, unmarshal([]byte(in), &m), in)
		assert.Equal(t, want.included, m.GroupsIncluded, in)
		assert.Len(t, m.Groups, want.groups, in)
	}
	for _, in := range []string{`{"groups":5}`, `{"groups":"x"}`, `{"groups":[5]}`} {
		assert.Error(t, unmarshal([]byte(in), new(Member)), in)
	}
}

func TestMemberStatsShapes(t *testing.T) {
	for in, want := range map[string]Include[MemberStats]{
		`{}`:                                     nil,
		`{"stats":null}`:                         {},
		`{"stats":[]}`:                           {},
		`{"stats":{"steps_created":1}}`:          {{StepsCreated: 1}},
		`{"stats":{"data":{"steps_created":1}}}`: {{StepsCreated: 1}},
	} {
		var m Member
		require.NoError(t, unmarshal([]byte(in), &m), in)
		assert.Equal(t, want, m.Stats, in)
	}
}

func TestNames(t *testing.T) {
	assert.Equal(t, "Ada Byron", (&Member{FullName: " Ada Byron ", FirstName: "X"}).Name())
	assert.Equal(t, "Ada", (&Member{FirstName: "Ada", LastName: " "}).Name())
	assert.Equal(t, "ada", (&Member{Username: "ada", Email: "a@x.test"}).Name())
	assert.Equal(t, "a@x.test", (&Member{Email: "a@x.test", ID: "5"}).Name())
	assert.Equal(t, "Member 5", (&Member{ID: "5"}).Name())
	assert.Equal(t, "Ada Byron", (&Guest{FirstName: "Ada", LastName: "Byron", Email: "a@x.test"}).Name())
	assert.Equal(t, "a@x.test", (&Guest{Email: "a@x.test"}).Name())
	assert.Equal(t, "Byron", (&User{LastName: "Byron", Username: "b"}).Name())
	assert.Equal(t, "User 5", (&User{ID: "5"}).Name())
}

func TestGuestFields(t *testing.T) {
	const rest = `"id":5,"email":"g@x.test","first_name":"Gus","last_name":null,"created_at":"2025-01-15 10:30:00",
		"last_accessed_at":null,"deleted_at":"2025-01-16 10:30:00","link":"https://x.test/secret-link"`
	for in, want := range map[string]Include[GuestDetails]{
		`{` + rest + `,"details":{"status":"active","company_name":"Acme","associated_members":[7]}}`: {{"active", "Acme", UserIDs{"7"}}},
		`{` + rest + `,"details":{"data":{"company_name":"Acme"}}}`:                                   {{Company: "Acme"}},
		`{` + rest + `,"details":null}`:                                                               {},
		`{` + rest + `,"details":[]}`:                                                                 {},
		`{` + rest + `}`:                                                                              nil,
	} {
		var g Guest
		require.NoError(t, unmarshal([]byte(in), &g), in)
		assert.Equal(t, want, g.Details, in)
		assert.Equal(t, ID("5"), g.ID)
		assert.Equal(t, "2025-01-15 10:30", g.CreatedAt.Format("2006-01-02 15:04"))
		assert.Equal(t, 16, g.DeletedAt.Day())
		all, err := json.Marshal(g)
		require.NoError(t, err)
		assert.NotContains(t, string(all), "secret-link")
	}
}
