package tallyfy

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"tallyfy-admin/tallyfy/oldwire"
	"tallyfy-admin/tallyfy/sandbox"
)

// agree reads a body as every kind of answer, with the present decoder and with the one before: what one refuses the other
// refuses, and what they read is the same.
func agree(t *testing.T, body []byte) {
	t.Helper()
	if accepted(body) {
		return
	}
	same(t, body, asGroup)
	same(t, body, asMember)
	same(t, body, asGuest)
	same(t, body, asAsset)
	same(t, body, func(o *oldwire.Task) Task {
		return Task{ID: ID(o.ID), Title: o.Title, Status: o.Status, RunID: ID(o.RunID), Deadline: Time{o.Deadline.Time}}
	})
	same(t, body, func(o *oldwire.Organization) Organization {
		return Organization{ID: ID(o.ID), Name: o.Name, CreatedAt: Time{o.CreatedAt.Time}}
	})
	same(t, body, func(o *oldwire.User) User {
		return User{ID: UserID(o.ID), Email: o.Email, FirstName: o.FirstName, LastName: o.LastName, Username: o.Username, Timezone: o.Timezone}
	})
	oldErr := oldwire.Inspect(body)
	_, err := openEnvelope(body)
	require.Equal(t, oldErr == nil, err == nil, "%q as an answer: %v, before %v", body, err, oldErr)
}

// accepted reports a body of which the two may think differently.
func accepted(body []byte) bool {
	var duplicate *jsontext.SyntacticError
	lower := bytes.ToLower(body)
	twice := errors.As(json.Unmarshal(lower, new(any), jsontext.AllowInvalidUTF8(true)), &duplicate) && errors.Is(duplicate, jsontext.ErrDuplicateName)
	// Two fields "data" in one include were put together. Now the last one counts, as everywhere.
	return twice && bytes.Count(lower, []byte(`data"`)) > 1
}

func same[O, N any](t *testing.T, body []byte, as func(*O) N) {
	t.Helper()
	old, oldErr := oldwire.Item[O](body)
	item, err := decodeItem[N](body)
	require.Equal(t, oldErr == nil, err == nil, "%q as %T: %v, before %v", body, item, err, oldErr)
	if err == nil {
		equal(t, as(old), *item, "%q", body)
	}
	oldList, oldErr := oldwire.List[O](body)
	list, err := decodeList[N](body)
	require.Equal(t, oldErr == nil, err == nil, "%q as %T: %v, before %v", body, list, err, oldErr)
	if err == nil {
		require.Equal(t, Pagination(oldList.Pagination), list.Pagination, "%q", body)
		require.Equal(t, len(oldList.Items), len(list.Items), "%q", body)
		for i := range list.Items {
			equal(t, as(&oldList.Items[i]), list.Items[i], "%q, row %d", body, i)
		}
	}
}

func equal[N any](t *testing.T, want, got N, say string, args ...any) {
	t.Helper()
	plain(reflect.ValueOf(&want).Elem())
	plain(reflect.ValueOf(&got).Elem())
	if !reflect.DeepEqual(want, got) {
		require.Equal(t, want, got, append([]any{say}, args...)...)
	}
}

func asGroup(o *oldwire.Group) Group {
	g := Group{
		ID: ID(o.ID), Name: o.Name, Description: o.Description, Logo: o.Logo,
		CreatedAt: Time{o.CreatedAt.Time}, LastUpdated: Time{o.LastUpdated.Time},
	}
	for _, id := range o.Members {
		g.Members = append(g.Members, UserID(id))
	}
	for _, email := range o.Guests {
		g.Guests = append(g.Guests, email)
	}
	for i := range o.Assets {
		g.Assets = append(g.Assets, asAsset(&o.Assets[i]))
	}
	for i := range o.Users {
		u := &o.Users[i]
		g.Users = append(g.Users, User{ID: UserID(u.ID), Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Username: u.Username, Timezone: u.Timezone})
	}
	return g
}

func asAsset(o *oldwire.Asset) Asset {
	a := Asset{
		ID: ID(o.ID), Filename: o.Filename, Version: Text(o.Version), UploadedFrom: Text(o.UploadedFrom), Source: Text(o.Source), UploadedAt: Time{o.UploadedAt.Time},
	}
	if o.SubjectID != "" || o.SubjectType != "" {
		a.Subject = Include[AssetSubject]{{ID: ID(o.SubjectID), Type: o.SubjectType}}
	}
	return a
}

func asGuest(o *oldwire.Guest) Guest {
	g := Guest{
		ID: ID(o.ID), Email: o.Email, FirstName: o.FirstName, LastName: o.LastName,
		CreatedAt: Time{o.CreatedAt.Time}, LastAccessedAt: Time{o.LastAccessedAt.Time}, DeletedAt: Time{o.DeletedAt.Time},
	}
	if o.Status != "" || o.Company != "" {
		g.Details = Include[GuestDetails]{{Status: o.Status, Company: Text(o.Company)}}
	}
	return g
}

func asMember(o *oldwire.Member) Member {
	m := Member{
		ID: UserID(o.ID), Email: o.Email, Username: o.Username, FirstName: o.FirstName, LastName: o.LastName, FullName: o.FullName,
		ProfilePic: o.ProfilePic, Phone: Text(o.Phone), JobTitle: o.JobTitle, Timezone: o.Timezone, UTCOffset: Text(o.UTCOffset), Type: o.Type,
		Role: Role(o.Role), Status: Status(o.Status), IsActive: o.IsActive, IsDefaultAdmin: o.IsDefaultAdmin, InvitedBy: UserID(o.InvitedBy),
		LastLoginAt: Time{o.LastLoginAt.Time}, ActivatedAt: Time{o.ActivatedAt.Time}, CreatedAt: Time{o.CreatedAt.Time}, UpdatedAt: Time{o.UpdatedAt.Time},
		GroupsIncluded: o.GroupsIncluded,
	}
	for i := range o.Groups {
		m.Groups = append(m.Groups, asGroup(&o.Groups[i]))
	}
	if o.Stats != nil {
		m.Stats = Include[MemberStats]{{
			StepsCreated: Int(o.Stats.StepsCreated), TasksCompleted: Int(o.Stats.TasksCompleted), ProcessesLaunched: Int(o.Stats.ProcessesLaunched),
			ChecklistsCreated: Int(o.Stats.ChecklistsCreated), LastStepCreatedAt: Time{o.Stats.LastStepCreatedAt.Time},
		}}
	}
	return m
}

// plain makes nothing of what is empty, and one of what can only be one: both decoders may say that in their own way.
func plain(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if v.Type().Elem() == reflect.TypeFor[AssetSubject]() ||
			v.Type().Elem() == reflect.TypeFor[GuestDetails]() || v.Type().Elem() == reflect.TypeFor[MemberStats]() {
			v.Set(v.Slice(0, min(1, v.Len())))
			if v.Len() == 1 && v.Index(0).IsZero() && v.Type().Elem() != reflect.TypeFor[MemberStats]() {
				v.SetZero()
			}
		}
		if v.Len() == 0 {
			v.SetZero()
		}
		for i := range v.Len() {
			plain(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Time]() {
			return
		}
		for i := range v.NumField() {
			plain(v.Field(i))
		}
	}
}

func wireSeeds(t testing.TB) (bodies []string) {
	bodies = append(bodies, oldSeeds...)
	for _, size := range [][2]int{{0, 0}, {150, 150}, {40, 2000}} {
		server, err := sandbox.New(sandbox.Options{Groups: size[0], Members: size[1]})
		require.NoError(t, err)
		group, member := server.Groups()[3].ID, fmt.Sprint(server.Members()[5].ID)
		for _, path := range []string{
			"/groups?per_page=100", "/groups?per_page=100&with=users,guests,assets", "/groups?page=2&per_page=20", "/groups/" + group, "/groups/" + group + "?with=assets",
			"/users?per_page=100", "/users?per_page=50&with=groups,stats", "/users/" + member + "?with=groups,stats", "/users?q=nobody", "/guests?per_page=100", "/tasks?per_page=50",
			"/me", "/groups/nothing", "/users/1", "/tasks?owners=x",
		} {
			bodies = append(bodies, string(sandboxBody(server, path)))
		}
	}
	return bodies
}

func sandboxBody(server *sandbox.Server, path string) []byte {
	r := httptest.NewRequest(http.MethodGet, "/api/organizations/"+server.OrgID()+path, nil)
	r.Header.Set("Authorization", "Bearer "+sandbox.AdminToken)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Tallyfy-Client", "APIClient")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	return w.Body.Bytes()
}

func TestBothDecodersAgree(t *testing.T) {
	for _, body := range wireSeeds(t) {
		agree(t, []byte(body))
	}
}

func FuzzBothDecodersAgree(f *testing.F) {
	for i, body := range wireSeeds(f) {
		if len(body) < 1<<12 && (i < 400 || i%29 == 0) {
			f.Add([]byte(body))
		}
	}
	f.Fuzz(agree)
}

// oldSeeds are the bodies of the tests of the decoder before, and each of them as a field.
var oldSeeds = func() []string {
	texts := []string{
		` + emails(24, `,
		` + emails(25, `,
		` + emails(60, `,
		` + numbers(100, func(i int) int { return i }) + `,
		` + strings.Join(ids, ", ") + `,
		` [ ] `,
		` { "data" : {"id":"g"}}`,
		` {"data": {"id":"a"}, "meta": null, "error": false} `,
		`"`,
		`" + `,
		`" 1"`,
		`" Admin "`,
		`""`,
		`","`,
		`"-1"`,
		`"0000-00-00 00:00:00"`,
		`"0001-01-01T00:00:00+01:00"`,
		`"007"`,
		`"0a1b2c"`,
		`"1"`,
		`"1.0"`,
		`"1e3"`,
		`"2023-01-15 09:00:00"`,
		`"2023-01-15"`,
		`"2023-01-15T03:30:00.000000-05:30"`,
		`"2023-01-15T09:00:00"`,
		`"2023-01-15T09:00:00+0000"`,
		`"2023-01-15T09:00:00+00:00"`,
		`"2023-01-15T09:00:00+24:00"`,
		`"2023-01-15T09:00:00.000000Z"`,
		`"2023-01-15T09:00:00.000Z"`,
		`"2023-01-15T09:00:00.123456Z"`,
		`"2023-01-15T09:00:00Z"`,
		`"2023-01-15T11:00:00+02:00"`,
		`"2023-02-29 00:00:00"`,
		`"2024-02-29T23:59:59-11:30"`,
		`"2025-01-15 10:30:00"`,
		`"9999-12-31T23:59:59-01:00"`,
		`"9999-12-31T23:59:59-23:59"`,
		`":`,
		`":"`,
		`":"x"}}`,
		`":0,"id":"`,
		`":1}}}`,
		`":tru}}}`,
		`":{"`,
		`"Admin"`,
		`"Auditor"`,
		`"Grüße, 世界 🎉"`,
		`"STANDARD"`,
		`"\`,
		`"\"\\\/\b\f\n\r\t"`,
		`"\q"`,
		`"\u`,
		`"\u00e`,
		`"\u00e9\ud83c\udf89"`,
		`"\u00eg"`,
		`"\u12g4"`,
		`"\ud800"`,
		`"\ud800\u0041"`,
		`"\ud800\ud800\udc00"`,
		`"\ud800x"`,
		`"\udc00\ud800"`,
		`"\x"`,
		`"a`,
		`"a"`,
		`"a" b`,
		`"a/b c"`,
		`"a\u0000b"`,
		`"abc"`,
		`"g"`,
		`"id":5,"email":"g@x.test","first_name":"Gus","last_name":null,"created_at":"2025-01-15 10:30:00",
		"last_accessed_at":null,"deleted_at":"2025-01-16 10:30:00","link":"https://x.test/secret-link"`,
		`"last":"x"}}`,
		`"light"`,
		`"total":21,"count":2,"per_page":"2","current_page":3,"total_pages":11`,
		`"users":[{"groups":[{`,
		`"x"`,
		`"x",`,
		`"yesterday"`,
		`"}`,
		`"}]`,
		`"}]         `,
		`"٣"`,
		`)
		groups, err := decodeList[Group](body)
		require.NoError(t, err, list)
		summaries, err := decodeList[GroupSummary](body)
		require.NoError(t, err, list)
		assert.Equal(t, groups.Items[0].Summary(), summaries.Items[0], list)
		members := want
		if strings.HasSuffix(list, `,
		`) {
			members++ // as an id it is another one
		}
		assert.Equal(t, [2]int{members, want}, [2]int{summaries.Items[0].Members, summaries.Items[0].Guests}, list)
	}
	for _, list := range []string{`,
		`+1`,
		`,"ID":`,
		`,"data":[]}`,
		`,"details":[]}`,
		`,"details":null}`,
		`,"details":{"data":{"company_name":"Acme"}}}`,
		`,"details":{"status":"active","company_name":"Acme"}}`,
		`,"guests":["first",`,
		`,"id":7}`,
		`,"links":[]}}}`,
		`,"links":null}}}`,
		`,"links":{"previous":null,"next":"https://x.test"}}}}`,
		`,"links":{}}}}`,
		`-0`,
		`-7`,
		`.5`,
		`0`,
		`01`,
		`1`,
		`1 2`,
		`1.`,
		`1.0e5x`,
		`1.5`,
		`1234`,
		`17.0`,
		`1E-5`,
		`1e`,
		`1e+`,
		`1e3`,
		`1e5`,
		`42`,
		`4444],"guests":[`,
		`5`,
		`9007199254740993`,
		`92233720368547758079`,
		`:                                                  23,
		`,
		`:                                                  24,
		`,
		`:                                  100,
		`,
		`:                             60,
		`,
		`:                     100,
		`,
		`:              59,
		`,
		`: 2,
		`,
		`: 59,
	} {
		body := []byte(`,
		`<html><h1>502 Bad Gateway</h1></html>`,
		`[ ]`,
		`["",null,""]`,
		`[""]`,
		`["1","2"]`,
		`["1.5", "2-e"]`,
		`["1.5"]`,
		`["@","`,
		`["K","k"]`,
		`["[","{"]`,
		`["a","A","b"]`,
		`["a","\u0041"]`,
		`["a"]`,
		`["a@x.test","A@X.test"]`,
		`["a@x.test","b@x.test"]`,
		`["a\"","b,c"]`,
		`["ü","Ü"]`,
		`["ſ","s"]`,
		`[,1]`,
		`[-7,7]`,
		`[-7]`,
		`[0]`,
		`[1 2]`,
		`[1,"1",{"id":1,"email":"1"}]`,
		`[1,17.0,17]`,
		`[1,1]`,
		`[1,2,3]`,
		`[1,]`,
		`[1,null]`,
		`[10,9,10]`,
		`[18446744073709551615,18446744073709551614]`,
		`[18446744073709551616,0]`,
		`[1]`,
		`[1}`,
		`[2,1,"2",{"id":1},2]`,
		`[3,2,1]`,
		`[5]`,
		`[9,10,11]`,
		`[9007199254740993]`,
		`[99999999999999999999,99999999999999999999]`,
		`[[]]`,
		`[]`,
		`[null,5]`,
		`[null]`,
		`[{"`,
		`[{"email":null},{"email":""},"a@x.test"]`,
		`[{"guests":{"0":"a"}}]`,
		`[{"id":"a"}]`,
		`[{"id":1,"email":"a@x.test"}]`,
		`[{"id":1,"groups":{"data":[]}}]`,
		`[{"id":1,"members":[1,2,3],"guests":[]},{"members":[3,2,1,1],"guests":["a","A","b",null,{"email":"c"}]},{"members":{"data":[{"id":7}]}}]`,
		`[{"id":1},{"id":"2"}]`,
		`[{"id":1},{"id":2}]`,
		`[{"id":true}]`,
		`[{"members":[`,
		`[{"members":[ 1,2]},{"members":[1 ,2]},{"members":[0,1]},{"members":[-1,1]}]        `,
		`[{"members":[1,1]}, null]`,
		`[{"members":[1,22,333`,
		`[{"members":[1234567,12345678,123456789012345678901],"guests":[0,00]}]`,
		`[{"members":[2,1,2,17.0,-0,"2",null,{"id":2}],"guests":[{"email":"ü@x.test"},"Ü@x.test",""]}]`,
		`[{"members":[3,1,2,3,5,4,9,8,7,6,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,1]}]`,
		`[{"members":[true]}]`,
		`[{"name":`,
		`[{"name":"`,
		`[{"name":"a"} {"name":"b"}]`,
		`[{"name":5}]`,
		`[{"unknown":`,
		`\"`,
		`\U0041`,
		`\u 041`,
		`\u0041`,
		`\uD83C\uDF89`,
		`\ud83c\`,
		`\ud83c\u0041`,
		`\ud83cu0041`,
		`\udf89\ud83c`,
		`],"description":"after"}]`,
		`],"guests":[5,`,
		`yyyyyyyy"`,
		`{`,
		`{
		"id": "0a1b", "name": "Sales", "description": null, "logo": "https://x.test/l.png",
		"created_at": "2023-01-15T09:00:00.000000Z", "last_updated": "2023-01-16T09:00:00+00:00",
		"assets": {"data": {"id": "a1", "filename": "logo.png", "version": 2, "uploaded_to_s3": 1,
			"uploaded_at": "2023-01-15T09:00:00Z", "subject": {"id": "0a1b", "type": "Group"}}},
		"users": {"data": [{"id": 5, "first_name": "Ada"}, {"id": 6}]}, "unknown": [1, {"x": 2}]
	}`,
		`{
		"id": "1001", "email": "ada@x.test", "username": "ada", "first_name": "Ada", "last_name": "Byron", "full_name": "Ada Byron",
		"profile_pic": null, "is_active": true, "last_login_at": "2023-01-15T09:00:00Z", "activated_at": null,
		"created_at": "2023-01-14T09:00:00.000Z", "updated_at": "", "phone": 5551234, "job_title": "Analyst", "timezone": "Europe/London",
		"UTC_offset": "+01:00", "role": "Admin", "status": "active", "is_default_admin": true, "type": "standard", "invited_by": 7,
		"groups": {"data": [{"id": "g1", "name": "Sales", "members": [1001], "guests": null}]},
		"stats": {"data": {"steps_created": 3, "tasks_completed": "4", "processes_launched": null,
			"checklists_created": 6, "last_step_created_at": "2023-01-15T09:00:00Z"}}
	}`,
		`{ "meta":{"pagination":[]}, "x":{"data":[1]}, "data":[{"id":"g"}]}`,
		`{ }`,
		`{"Data":[{"Id":5,"UTC_OFFSET":"+02:00","utc_offset":"+01:00","\u0045mail":"a@x.test"}],"META":{"Pagination":{"Total":9}}}`,
		`{"a" 1}`,
		`{"a":`,
		`{"a":1 "b":2}`,
		`{"a":1,}`,
		`{"a":1]`,
		`{"a":}`,
		`{"a"}`,
		`{"code":5}`,
		`{"data":`,
		`{"data":5,"error":"true"}`,
		`{"data":5}`,
		`{"data":[`,
		`{"data":[
		{"id":"0a1b","name":"Sales","description":"Sells.","logo":"https://x.test/l.png","members":[3,1,2,1],"guests":["a@x.test","A@x.test",""],
			"created_at":"2023-01-15T09:00:00.000000Z","last_updated":"2023-01-16T09:00:00+00:00","assets":{"data":{"id":true}}},
		{"id":7,"name":"Empty","description":null,"logo":null,"members":null,"guests":{"data":[]}}
	],"meta":{"pagination":{"total":"12","count":2,"per_page":2,"current_page":1,"total_pages":6}}}`,
		`{"data":[
		{"id":5,"email":"ada@x.test","full_name":"Ada","role":"Admin","status":"invited","created_at":"2023-01-15T09:00:00Z",
			"groups":{"data":[{"id":"g","name":"G","members":[5,6],"guests":[]},{"id":8,"name":null},null]},"stats":{"data":{"steps_created":3}}},
		{"id":"6","groups":[]},
		{"id":7}
	],"meta":{"pagination":{"total":9,"current_page":2,"total_pages":3}}}`,
		`{"data":[1,{"id":2}]}`,
		`{"data":[],"data":[{"id":"last"}],"x":1}`,
		`{"data":[],"links":`,
		`{"data":[],"meta":{"pagination":{"total":-5,"links":{}}}}`,
		`{"data":[]}`,
		`{"data":[{"email":"a@x.test"},{"email":"b@x.test"}]}`,
		`{"data":[{"guests":["\u0041","a"],"members":["1","1"," 1"]}]}`,
		`{"data":[{"id":"0a1b","name":"A","description":null,"logo":"http:\/\/x","members":[1,2,30],"guests":["a@x.test"],"created_at":"2023-01-15T09:00:00.000Z",
			"last_updated":"2025-01-15 10:30:00","assets":{"data":[]}}],"meta":{"pagination":{"total":1,"links":[]}},"error":false}`,
		`{"data":[{"id":"a","name":"A","description":null,"logo":"x","members":[1,2,3],"guests":["a@x.test","A@x.test"],
			"created_at":"2023-01-15T09:00:00.000Z","last_updated":null,"assets":{"data":[]}}],"meta":{"pagination":{"total":1}}}`,
		`{"data":[{"id":"a"}]}`,
		`{"data":[{"id":"broken`,
		`{"data":[{"id":"g","`,
		`{"data":[{"id":"g","name":"a\u0041","members":[1,2],"guests":["a@x.test"],"assets":{"data":[]}}],"meta":{"pagination":{"total":1}}}`,
		`{"data":[{"id":"g","x"`,
		`{"data":[{"id":"g","x":tru}]}`,
		`{"data":[{"id":"g"}],"error":`,
		`{"data":[{"id":"g"}],"meta":`,
		`{"data":[{"id":"g"}]}`,
		`{"data":[{"id":"g"}{}]}`,
		`{"data":[{"id":"x"},{"id":"y"}],"data":[{"id":"g"}]}`,
		`{"data":[{"id":1,"members":{"data":[1]},"guests":{"data":{"data":["a"]}}}],"error":false}`,
		`{"data":[{"id":1},{"id":2},{"id":"1"},{},{}],"meta":{"pagination":{"total":4}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":[]}`,
		`{"data":[{"id":1},{"id":2}],"meta":null}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":[]}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":""}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":"many"}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":-1}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":12.0,"count":"x"}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":1e2}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":2.5}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":2}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":99999999999999999999}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":null,"count":1}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":true}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{"pagination":{"total":{"all":2}}}}`,
		`{"data":[{"id":1},{"id":2}],"meta":{}}`,
		`{"data":[{"id":1},{"id":2}]}`,
		`{"data":[{"id":1}],"meta":{"pagination":{"total":1,"count":1,"per_page":10,"current_page":1,"total_pages":1,"links":[]}}}`,
		`{"data":[{"id":true}],"error":true}`,
		`{"data":[{"members":[18446744073709551616,1]}]}`,
		`{"data":[{"unknown":`,
		`{"data":null,"meta":null}`,
		`{"data":null,"meta":{"pagination":{"total":0}}}`,
		`{"data":null,"meta":{"pagination":{"total":3}}}`,
		`{"data":null}`,
		`{"data":{"`,
		`{"data":{"email":"a@x.test"}}`,
		`{"data":{"id":"a"}}`,
		`{"data":{"id":"g","`,
		`{"data":{"id":"g"}}`,
		`{"data":{"id":1}}`,
		`{"data":{"id":7}}`,
		`{"data":{"id":{"`,
		`{"data":{"name":"x"}}`,
		`{"data":{}}`,
		`{"date":"2023-01-15"}`,
		`{"description":"D"}`,
		`{"error":"1"}`,
		`{"error":"invalid_token","message":"Expired"}`,
		`{"error":"invalid_token"}`,
		`{"error":1,"message":"no"}`,
		`{"error":1}`,
		`{"error":true,"message":"Group not found"}`,
		`{"error":true,"message":"no"}`,
		`{"error":true}`,
		`{"errors":"a"}`,
		`{"errors":["a"]}`,
		`{"errors":{`,
		`{"errors":{"`,
		`{"first_name":`,
		`{"groups":`,
		`{"groups":"x"}`,
		`{"groups":5}`,
		`{"groups":[5]}`,
		`{"groups":[]}`,
		`{"groups":[null,{}]}`,
		`{"groups":[{"id":"a"}]}`,
		`{"groups":[{}],"stats":{"data":{}}}`,
		`{"groups":null}`,
		`{"groups":{ }}`,
		`{"groups":{"data":[]}}`,
		`{"groups":{"data":[{"guests":[{"email":5}]}]}}`,
		`{"groups":{"data":[{"id":"a","members":[1,"2",{"id":3}],"guests":{"data":[{"email":"a@x.test"}]}}]}}`,
		`{"groups":{"data":[{"id":"a"},null,{"id":"b"}]}}`,
		`{"groups":{"data":[{"id":"g"}]}}`,
		`{"groups":{"data":null}}`,
		`{"groups":{"data":{"data":[]}}}`,
		`{"groups":{"data":{"id":"a"}}}`,
		`{"groups":{"data":{"id":"g"}}}`,
		`{"groups":{"id":"a"}}`,
		`{"groups":{"id":"g"}}`,
		`{"groups":{}}`,
		`{"guests":"a@b.c"}`,
		`{"guests":[null,"","a@x.test","A@X.TEST"]}`,
		`{"guests":[{"id":5}]}`,
		`{"guests":[{"mail":"a@x.test"}]}`,
		`{"id":"a","members":[1,"2",{"id":3}],"guests":["a@x.test",{"email":"B@x.test","link":"secret"}]}`,
		`{"id":"a"}`,
		`{"id":"g","guests":`,
		`{"id":"g","members":`,
		`{"id":"g","users":[{"groups":[{`,
		`{"id":"g"}`,
		`{"id":1}`,
		`{"id":7}`,
		`{"is_active":"1"}`,
		`{"is_active":0}`,
		`{"is_active":null}`,
		`{"members":"1,2"}`,
		`{"members":5}`,
		`{"members":[ ]}`,
		`{"members":[1 , 2]}`,
		`{"members":[1,2e1]}`,
		`{"members":[1.5]}`,
		`{"members":[9007199254740993,17.0,-0]}`,
		`{"members":[[1]]}`,
		`{"members":[true]}`,
		`{"members":[{"ID":1}]}`,
		`{"members":[{"name":"no id"}]}`,
		`{"members":null,"guests":{}}`,
		`{"members":{"0":5}}`,
		`{"members":{"dAta":[9]}}`,
		`{"members":{"data":[1,1,01]}}`,
		`{"members":{"id":5}}`,
		`{"message":"`,
		`{"message":" <!DOCTYPE html><p>hello"}`,
		`{"message":""}`,
		`{"message":"Group not found"}`,
		`{"message":"No seat","code":"SEAT_POOL_EXHAUSTED"}`,
		`{"message":"\u0000<b>"}`,
		`{"message":"broken off`,
		`{"message":"done"}`,
		`{"message":"echo test-token-0123456789 done","errors":{"test-token-0123456789":"test-token-0123456789"},"code":"test-token-0123456789"}`,
		`{"message":"hello"}`,
		`{"message":"two\nlines\u0000\u001b[31m"}`,
		`{"message":"x","code":1234}`,
		`{"message":"x","code":null}`,
		`{"message":"x","errors":"one"}`,
		`{"message":"x","errors":["one","two"]}`,
		`{"message":"x","errors":[]}`,
		`{"message":"x","errors":null}`,
		`{"message":"x","errors":{"name":"taken"}}`,
		`{"message":"x","errors":{"name":["taken","too long"],"guests.0":["bad"]}}`,
		`{"message":"x","errors":{"name":["taken"]}}`,
		`{"message":"x","errors":{"name":[],"to":null,"a":[1,{}]}}`,
		`{"message":{"text":"x"}}`,
		`{"meta":{"a":1}, "data":[{"id":"g"}]}`,
		`{"meta":{"pagination":{"total":"1e9","current_page":-1,"total_pages":99999999999999999999}}}`,
		`{"name":`,
		`{"name":"N","description":""}`,
		`{"name":"N","description":"D","members":[5,"x"],"guests":["a@x.test"]}`,
		`{"name":"N","description":"D","members":[],"guests":[]}`,
		`{"name":"n","id":"g"}`,
		`{"role":`,
		`{"stats":[]}`,
		`{"stats":null}`,
		`{"stats":{"data":{"steps_created":"1"}}}`,
		`{"stats":{"data":{"steps_created":1}}}`,
		`{"stats":{"steps_created":1}}`,
		`{"status":"","is_active":true}`,
		`{"status":"Active","is_active":true}`,
		`{"status":"INVITED","is_active":true}`,
		`{"status":"Paused"}`,
		`{"status":"active","is_active":false}`,
		`{"status":"active","type":"Bot"}`,
		`{"status":"active","type":"standard"}`,
		`{"status":"active"}`,
		`{"status":"disabled","is_active":true}`,
		`{"status":"disabled"}`,
		`{"status":null,"is_active":false}`,
		`{"x":`,
		`{"x":[[]],"y":{"z":[{}]}}`,
		`{"x":[[]],"y":{"z":{}},"data":[{}],"meta":`,
		`{"x":[{"a":[[],{},[{}]]},-0.5e+10,true,false,null,"\u00e9\ud83c\udf89\ud800"], "Data" : [ null , {"Id":17.0, "N\u0061me":"\t"} ] }`,
		`{"x":[{"data":1}], "error":false, "data":{"id":"g"}}`,
		`{'a':1}`,
		`{,}`,
		`{1:1}`,
		`{a:1}`,
		`{}`,
		`} {
		for _, field := range []string{"members", "guests"} {
			_, err := decodeList[GroupSummary]([]byte(`,
	}
	all := append([]string{}, texts...)
	for _, text := range texts {
		for _, field := range []string{"id", "name", "members", "guests", "assets", "users", "groups", "stats", "created_at", "phone", "is_active", "details", "subject", "version"} {
			all = append(all, `{"data":[{"id":"x","`+field+`":`+text+`}]}`, `{"`+field+`":`+text+`,"id":"y"}`)
		}
	}
	return all
}()
