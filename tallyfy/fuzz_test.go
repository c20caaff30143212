package tallyfy

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func seeds(f *testing.F, texts ...string) {
	for _, s := range texts {
		f.Add([]byte(s))
	}
}

func FuzzTime(f *testing.F) {
	seeds(f, `"2023-01-15T09:00:00Z"`, `"2023-01-15T09:00:00.000000Z"`, `"2023-01-15T09:00:00+00:00"`, `"2025-01-15 10:30:00"`,
		`""`, `null`, `"9999-12-31T23:59:59-23:59"`, `"0001-01-01T00:00:00+01:00"`, `"0000-00-00 00:00:00"`, `5`, `{}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var got Time
		if json.Unmarshal(data, &got) != nil {
			return
		}
		out, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("%q cannot be written again: %v", data, err)
		}
		var again Time
		if err := json.Unmarshal(out, &again); err != nil || !again.Equal(got.Time) {
			t.Fatalf("%q became %s and then %v (%v)", data, out, again, err)
		}
		if got.Location() != time.UTC {
			t.Fatalf("%q is not in UTC", data)
		}
	})
}

func FuzzUserID(f *testing.F) {
	seeds(f, `1`, `"1"`, `0`, `-0`, `17.0`, `1e5`, `9007199254740993`, `""`, `null`, `"007"`, `"a\u0000b"`, `"\ud800"`, `[1]`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var user UserID
		var id ID
		userErr, idErr := json.Unmarshal(data, &user), json.Unmarshal(data, &id)
		if (userErr == nil) != (idErr == nil) || string(user) != string(id) {
			t.Fatalf("%q is %q and %q", data, user, id)
		}
		if userErr != nil {
			return
		}
		out, err := json.Marshal(user)
		if err != nil {
			t.Fatalf("%q cannot be written again: %v", data, err)
		}
		var again UserID
		if err := json.Unmarshal(out, &again); err != nil || again != user {
			t.Fatalf("%q became %s and then %q (%v)", data, out, again, err)
		}
	})
}

// safeErrors are all that an error of decoding may say: the rest of an answer may be a secret.
var safeErrors = regexp.MustCompile(`^(the answer (holds no (item|list)|is no JSON object or list|says that the call failed)|an id must be a string or a whole number|` +
	`related data must be a list or an object|a value is of another kind than documented(, at byte \d+)?|the JSON is cut off after \d+ bytes|no JSON, or nested too deep, at byte \d+)$`)

// FuzzBody reads a body as a list and as an item of each kind.
func FuzzBody(f *testing.F) {
	seeds(f, `{"data":[{"id":1}],"meta":{"pagination":{"total":1,"count":1,"per_page":10,"current_page":1,"total_pages":1,"links":[]}}}`,
		`{"data":[],"meta":{"pagination":{"total":-5,"links":{}}}}`, `{"data":null,"meta":null}`, `[{"id":"a"}]`, `{}`, `[]`, `{"error":true}`,
		`{"meta":{"pagination":{"total":"1e9","current_page":-1,"total_pages":99999999999999999999}}}`,
		`{"data":[{"id":"0a1b","name":"A","description":null,"logo":"http:\/\/x","members":[1,2,30],"guests":["a@x.test"],"created_at":"2023-01-15T09:00:00.000Z",
			"last_updated":"2025-01-15 10:30:00","assets":{"data":[]},"users":{"data":[{"id":5}]}}],"error":false}`,
		`{"x":[{"a":[[],{},[{}]]},-0.5e+10,true,false,null,"\u00e9\ud83c\udf89\ud800"], "Data" : [ null , {"Id":17.0, "N\u0061me":"\t"} ] }`,
		`[{"id":5,"groups":{"data":{"id":"g","members":{"data":[{"id":7}]}}},"stats":[{"steps_created":"1"}],"is_active":"0","details":{"status":"x"},"subject":{"id":1}}]`,
		`{"data":[],"data":[{"id":"last"}],"x":1}`, `[{"name":"a"} {"name":"b"}]`, `tru`, `-0`, `1e5`, `"\ud800"`, `{"a":1,}`, "\ufeff[]", "[]\x00", "\"\xff\"")
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzBody[Group](t, data)
		fuzzBody[Member](t, data)
		fuzzBody[Guest](t, data)
		fuzzBody[Asset](t, data)
		fuzzBody[Task](t, data)
		fuzzBody[ActivityEntry](t, data)
	})
}

func fuzzBody[T any](t *testing.T, data []byte) {
	if item, err := decodeItem[T](data); err != nil && !safeErrors.MatchString(err.Error()) || err == nil && identityOf(item) == "" {
		t.Fatalf("%q: %v, %v", data, item, err)
	}
	p, err := decodeList[T](data)
	if err != nil {
		if !safeErrors.MatchString(err.Error()) {
			t.Fatalf("%q: %v", data, err)
		}
		return
	}
	g := p.Pagination
	if p.Items == nil || g.Total < 0 || g.Count < 0 || g.PerPage < 0 || g.CurrentPage < 1 || g.TotalPages < 1 {
		t.Fatalf("%q: %+v", data, p)
	}
	if !g.Known && (g.Total != len(p.Items) || g.TotalPages != 1) {
		t.Fatalf("%q: unknown, but %+v", data, g)
	}
}

// FuzzScalars: fields of changing kinds never fail a whole answer, and say what stands there.
func FuzzScalars(f *testing.F) {
	seeds(f, `1`, `"1"`, `-0`, `17.0`, `1e5`, `true`, `"TRUE"`, `null`, `""`, `"a\u0000b"`, `"\ud800"`, `[1]`, `{"a":1}`, `99999999999999999999`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var all struct {
			Int  Int
			Text Text
			Flag flag
		}
		value := strings.TrimSpace(string(data))
		if !json.Valid(data) {
			return
		}
		if err := unmarshal([]byte(`{"int":`+value+`,"text":`+value+`,"flag":`+value+`}`), &all); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		var text string
		if json.Unmarshal(data, &text) == nil && text != "" && string(all.Text) != text {
			t.Fatalf("%q is read as %q", data, all.Text)
		}
		var number int
		if json.Unmarshal(data, &number) == nil && int(all.Int) != number {
			t.Fatalf("%q is read as %d", data, all.Int)
		}
		var yes bool
		if value != "null" && json.Unmarshal(data, &yes) == nil && all.Flag != (flag{known: true, value: yes}) {
			t.Fatalf("%q is read as %v", data, all.Flag)
		}
	})
}

func FuzzMemberIncludes(f *testing.F) {
	seeds(f, `{"groups":{"data":[{"id":"a","members":[1,"2",{"id":3}],"guests":{"data":[{"email":"a@x.test"}]}}]}}`,
		`{"groups":{"data":{"id":"a"}}}`, `{"groups":[]}`, `{"groups":null}`, `{"stats":{"data":{"steps_created":"1"}}}`,
		`{"groups":{"data":{"data":[]}}}`, `{"groups":[null,{}]}`, `{"groups":{ }}`, `{"groups":{"data":[{"guests":[{"email":5}]}]}}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Member
		if unmarshal(data, &m) != nil {
			return
		}
		if len(m.Groups) > 0 && !m.GroupsIncluded {
			t.Fatalf("%q has groups that were not included", data)
		}
		for _, g := range m.Groups {
			seen := map[string]bool{}
			for _, id := range g.Members {
				if id == "" || seen[strings.ToLower(string(id))] {
					t.Fatalf("%q: member %q is empty or twice", data, id)
				}
				seen[strings.ToLower(string(id))] = true
			}
		}
		_, _, _, _ = m.Name(), m.IsBot(), m.CanWork(), m.Status
	})
}

// FuzzActivity: no field of an entry fails an answer, a list of one says what its value says, and
// the name of the actor shows something.
func FuzzActivity(f *testing.F) {
	seeds(f, `"updated"`, `7`, `17.0`, `null`, `""`, `{"full_name":"Omar","email":"o@x.test"}`, `{"data":[{"username":"o"}]}`, `[]`, `[[1]]`, `{"first_name":5,"last_name":["x"]}`, `"\ud800"`, `true`)
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		read := func(value string) (e ActivityEntry) {
			const fields = `{"id":V,"verb":V,"auditable_id":V,"actor_type":V,"actor_id":V,"actor":V,"created_at":V}`
			if err := unmarshal([]byte(strings.ReplaceAll(fields, "V", value)), &e); err != nil {
				t.Fatalf("%q: %v", value, err)
			}
			return e
		}
		value := strings.TrimSpace(string(data))
		bare := read(value)
		if name := bare.Actor.Name(); name != "" && !Visible(name) {
			t.Fatalf("%q names %q", data, name)
		}
		if strings.HasPrefix(value, "[") {
			return
		}
		one := read("[" + value + "]")
		one.CreatedAt = bare.CreatedAt // which is never in a list
		if strings.HasPrefix(value, "{") {
			one.Actor = bare.Actor // a list holds no {"data": …}
		}
		if one != bare {
			t.Fatalf("%q is %+v bare, %+v in a list", data, bare, one)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"5", "", "-1", "1.5", "99999999999999999999", "Fri, 01 May 2026 12:00:07 GMT", "soon", "0x10", "٣"} {
		f.Add(s, "Fri, 01 May 2026 12:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		got := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Unix(1, 0))
		if got < 0 || got > maxRetryAfter {
			t.Fatalf("%q: %v", value, got)
		}
	})
}

func FuzzErrorBody(f *testing.F) {
	seeds(f, `{"error":true,"message":"no"}`, `{"message":"x","errors":{"name":["taken"]}}`, `{"errors":["a"]}`, `{"errors":"a"}`,
		`<html>`, ``, `{"message":"`+testToken+`"}`, `{"code":5}`, `{"message":"\u0000<b>"}`,
		`{"error":{"code":"C","message":"<p>No <b>seat</b></p>","details":{"pool_type":"full"}}}`, `{"errors":{"members":{"0":["Member 9 unknown"],"1":{"id":[{}]}}}}`, `{"errors":{"`+testToken+`":"x"}}`)
	base, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	c := base.WithToken(testToken)
	f.Fuzz(func(t *testing.T, data []byte) {
		e := &Error{Status: 422, Message: phraseFor(422), Method: "PUT", Path: "/x"}
		c.readErrorBody(e, data)
		texts := []string{e.Message, e.Code, e.Error()}
		for name, messages := range e.Fields {
			texts = append(append(texts, name), messages...)
		}
		for _, s := range texts {
			if strings.Contains(s, testToken) || strings.ContainsAny(s, "\x00\n\r\x1b") || !utf8.ValidString(s) {
				t.Fatalf("%q gave %q", data, s)
			}
		}
		if e.FromService == (e.Message == phraseFor(422)) || e.Pool != "" && e.Pool != "full" && e.Pool != "light" {
			t.Fatalf("%q gave %+v", data, e)
		}
		if e.Message == "" || strings.HasPrefix(e.Message, "<") || utf8.RuneCountInString(e.Message) > maxMessageRunes+1 {
			t.Fatalf("%q gave the message %q", data, e.Message)
		}
	})
}
