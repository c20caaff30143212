package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestErrorBodies(t *testing.T) {
	long := strings.Repeat("é", maxMessageRunes+1)
	for body, want := range map[string]Error{
		`{"error":true,"message":"Group not found"}`:         {Message: "Group not found"},
		`{"message":"Group not found"}`:                      {Message: "Group not found"},
		`{"error":"invalid_token"}`:                          {Message: "invalid_token"},
		`{"error":"invalid_token","message":"Expired"}`:      {Message: "Expired"},
		`{"message":"No seat","code":"SEAT_POOL_EXHAUSTED"}`: {Message: "No seat", Code: "SEAT_POOL_EXHAUSTED"},
		`{"message":"x","code":1234}`:                        {Message: "x", Code: "1234"},
		`{"message":"x","code":null}`:                        {Message: "x"},
		`{"message":"x","errors":{"name":["taken","too long"],"guests.0":["bad"]}}`: {
			Message: "x",
			Fields:  map[string][]string{"name": {"taken", "too long"}, "guests.0": {"bad"}},
		},
		`{"message":"x","errors":{"name":"taken"}}`:                 {Message: "x", Fields: map[string][]string{"name": {"taken"}}},
		`{"message":"x","errors":{"name":[],"to":null,"a":[1,{}]}}`: {Message: "x"},
		`{"message":"x","errors":["one","two"]}`:                    {Message: "x", Fields: map[string][]string{"": {"one", "two"}}},
		`{"message":"x","errors":"one"}`:                            {Message: "x", Fields: map[string][]string{"": {"one"}}},
		`{"message":"x","errors":[]}`:                               {Message: "x"},
		`{"message":"x","errors":null}`:                             {Message: "x"},
		`{"message":"two\nlines\u0000\u001b[31m"}`:                  {Message: "two lines [31m"},
		`{"message":"` + long + `"}`:                                {Message: strings.Repeat("é", maxMessageRunes) + "…"},
		`{"message":"echo test-token-0123456789 done","errors":{"test-token-0123456789":"test-token-0123456789"},"code":"test-token-0123456789"}`: {
			Message: "echo [token] done", Code: "[token]", Fields: map[string][]string{"[token]": {"[token]"}},
		},
		`{"error":{"code":"SEAT_POOL_EXHAUSTED","message":"No seats left","details":{"pool_type":"full"}}}`: {Message: "No seats left", Code: "SEAT_POOL_EXHAUSTED", Pool: "full"},
		`{"error":{"code":"SEAT_POOL_EXHAUSTED","details":{"pool_type":"light"}}}`:                          {Message: phraseFor(404), Code: "SEAT_POOL_EXHAUSTED", Pool: "light"},
		`{"message":"No seats left","details":{"pool_type":"other"},"error":{}}`:                            {Message: "No seats left"},
		`{"message":"Top","code":"T","error":{"message":"Nested","code":"N","details":[]}}`:                 {Message: "Top", Code: "T"},
		`{"error":{"message":"x","errors":{"name":"taken"}}}`:                                               {Message: "x", Fields: map[string][]string{"name": {"taken"}}},
		`{"error":1}`:                          {Message: phraseFor(404)},
		`{"message":5,"error":["x"]}`:          {Message: phraseFor(404)},
		`{"Message":"In any case","CODE":"C"}`: {Message: "In any case", Code: "C"},
		`{"errors":{"description":"too long","members":{"0":["Member 9 unknown"],"1":[{"id":"not a number"},"second"]}}}`: {
			Message: phraseFor(404),
			Fields: map[string][]string{
				"description": {"too long"}, "members.0": {"Member 9 unknown"}, "members.1": {"second"}, "members.1.0.id": {"not a number"},
			},
		},
		`{"errors":{"a":{"b":{"c":{"d":["deep"],"e":{"f":"deeper"}}}}}}`:                 {Message: phraseFor(404), Fields: map[string][]string{"a.b.c.d": {"deep"}}},
		`{"message":"<p>Groups that own a <b>running</b> process.</p><p>A &amp; B</p>"}`: {Message: "Groups that own a running process. A & B"},
		`{"message":"<h1>502 Bad Gateway</h1>"}`:                                         {Message: "502 Bad Gateway"},
		`{"message":"<p>test-token-<b>0123456789</b></p>"}`:                              {Message: "[token]"},
		`{"message":"<p></p>"}`:                                                          {Message: phraseFor(404)},
		`{"message":"The group <b> is taken"}`:                                           {Message: "The group <b> is taken"},
		`{"message":"<HTML><body>hello"}`:                                                {Message: phraseFor(404)},
		`{"message":" <!DOCTYPE html><p>hello"}`:                                         {Message: phraseFor(404)},
		`{"message":""}`:                                                                 {Message: phraseFor(404)},
		`{"message":{"text":"x"}}`:                                                       {Message: phraseFor(404)},
		`{"message":"broken off`:                                                         {Message: phraseFor(404)},
		`<html><h1>502 Bad Gateway</h1></html>`:                                          {Message: phraseFor(404)},
		`[]`:                                                                             {Message: phraseFor(404)},
		`null`:                                                                           {Message: phraseFor(404)},
		``:                                                                               {Message: phraseFor(404)},
	} {
		c, _ := scripted(t, answers(404, body, "X-Request-Id", "req-9"))
		err := c.Groups.Delete(t.Context(), "o", "g")
		var e *Error
		require.ErrorAs(t, err, &e, body)
		want.FromService = want.Message != phraseFor(404)
		want.Status, want.Method, want.Path, want.RequestID = 404, http.MethodDelete, "/organizations/o/groups/g", "req-9"
		assert.Equal(t, want, *e, body)
		assert.NotContains(t, err.Error(), testToken)
	}
}

func TestErrorBodiesAreBounded(t *testing.T) {
	var fields strings.Builder
	for i := range maxErrorFields + 50 {
		fmt.Fprintf(&fields, `"f%d":[%s"x"],`, i, strings.Repeat(`"x",`, maxPerField))
	}
	c, _ := scripted(t, answers(422, `{"errors":{`+fields.String()+`"last":"x"}}`))
	got := FieldErrors(c.Groups.Delete(t.Context(), "o", "g"))
	assert.Len(t, got, maxErrorFields)
	for _, messages := range got {
		assert.LessOrEqual(t, len(messages), maxPerField)
	}

	c, _ = scripted(t, answers(500, `{"message":"`+strings.Repeat("x", maxErrorBody)+`"}`))
	var e *Error
	require.ErrorAs(t, c.Groups.Delete(t.Context(), "o", "g"), &e)
	assert.Equal(t, 500, e.Status, "a body that is too long keeps its status")
	assert.Equal(t, phraseFor(500), e.Message)
}

func TestEveryStatusHasAPlainPhrase(t *testing.T) {
	for status := 300; status < 600; status++ {
		phrase := phraseFor(status)
		assert.NotEmpty(t, phrase)
		assert.NotContains(t, phrase, "<")
	}
}

func TestRequestIDsOfAnswers(t *testing.T) {
	for id, want := range map[string]string{
		"req-1": "req-1", "": "", "two words": "", testToken: "[token]", strings.Repeat("x", 129): "",
	} {
		c, _ := scripted(t, answers(404, ``, "X-Request-Id", id))
		assert.Equal(t, want, RequestID(fmt.Errorf("wrapped: %w", c.Groups.Delete(t.Context(), "o", "g"))))
	}
}

func TestQuestions(t *testing.T) {
	questions := map[int]func(error) bool{
		401: IsUnauthorized, 403: IsForbidden, 404: IsNotFound, 409: IsConflict, 422: IsValidation, 429: IsRateLimited,
	}
	for asked, question := range questions {
		for status := range questions {
			err := fmt.Errorf("wrapped: %w", &Error{Status: status})
			assert.Equal(t, asked == status, question(err), "%d of %d", asked, status)
		}
		assert.False(t, question(nil))
		assert.False(t, question(errors.New("other")))
	}
	wait, ok := RetryAfter(fmt.Errorf("wrapped: %w", &Error{Status: 429, RetryAfter: time.Minute}))
	assert.True(t, ok)
	assert.Equal(t, time.Minute, wait)
	_, ok = RetryAfter(&Error{Status: 429})
	assert.False(t, ok)
	assert.Nil(t, FieldErrors(errors.New("other")))
	assert.Empty(t, RequestID(nil))

	assert.True(t, (&Error{Err: context.DeadlineExceeded}).Timeout())
	assert.True(t, (&Error{Err: fmt.Errorf("wrapped: %w", context.DeadlineExceeded)}).Timeout())
	assert.False(t, (&Error{Err: context.Canceled}).Timeout())
	assert.False(t, (&Error{Status: 504}).Timeout())
}

// Only the service's own words say that there is no such thing.
func TestIsGone(t *testing.T) {
	for gone, bodies := range map[bool][]string{
		true:  {`{"error":true,"message":"Resource not found","code":"RESOURCE_NOT_FOUND"}`, `{"message":"User not found"}`},
		false: {`{"error":true,"message":"API endpoint not found","code":"ENDPOINT_NOT_FOUND"}`, `<html><h1>404 Not Found</h1></html>`, ``},
	} {
		for _, body := range bodies {
			c, _ := scripted(t, answers(404, body))
			err := c.Groups.Delete(t.Context(), "o", "g")
			assert.True(t, IsNotFound(err), body)
			assert.Equal(t, gone, IsGone(fmt.Errorf("wrapped: %w", err)), body)
		}
	}
	assert.False(t, IsGone(&Error{Status: 410, FromService: true}))
}

// The addresses of guests are not for the log, where errors go.
func TestErrorsHoldNoAddressOfAGuest(t *testing.T) {
	const says = "Guest not found with email: ann@out.example"
	c, s := scripted(t, answers(422, `{"error":true,"message":"`+says+`"}`))
	err := c.Guests.Remove(t.Context(), "o", "ann@out.example")
	assert.True(t, strings.HasSuffix(s.calls[0].URL.Path, "/organizations/o/guests/ann@out.example"))
	assert.Contains(t, err.Error(), "/organizations/o/guests/address: 422: Guest not found with email: [address]")
	assert.NotContains(t, err.Error(), "ann")
	var answer *Error
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, says, answer.Message, "a page may say it")
}

// A 401 ends a session only when it is about the token.
func TestOnlySomeRefusalsAreAboutTheToken(t *testing.T) {
	for body, aboutToken := range map[string]bool{
		``:                               true,
		`Unauthorized.`:                  true, // no JSON: a phrase of ours
		`{"error":true}`:                 true,
		`{"message":"Unauthenticated."}`: true,
		`{"error":{"message":"Unauthenticated."}}`:                         true,
		`{"message":"Unauthorized","code":"UNAUTHORIZED"}`:                 true,
		`{"message":"unauthorised."}`:                                      true,
		`{"message":"Permission denied. Error code: APSH213."}`:            true,
		`{"error":"invalid_token"}`:                                        true,
		`{"message":"The access token has expired."}`:                      true,
		`{"message":"Please log in again."}`:                               true,
		`{"message":"Saml Is Not Enabled In this Organization"}`:           false,
		`{"error":{"message":"Saml Is Not Enabled In this Organization"}}`: false,
		`{"message":"Unauthorized action"}`:                                false,
		`{"message":"Permission denied."}`:                                 false,
		`{"message":"Assigning this task is not allowed."}`:                false, // no signing in
	} {
		c, _ := scripted(t, answers(401, body))
		err := fmt.Errorf("wrapped: %w", c.Groups.Delete(t.Context(), "o", "g"))
		assert.Equal(t, [2]bool{aboutToken, !aboutToken}, [2]bool{IsUnauthorized(err), IsDenied(err)}, body)
		assert.True(t, IsRefused(err), body)
	}
	assert.False(t, IsDenied(&Error{Status: 403, Message: "Saml", FromService: true}))
	assert.False(t, IsDenied(nil))
}

func TestMayHaveHappenedOfForeignErrors(t *testing.T) {
	assert.False(t, MayHaveHappened(nil))
	assert.True(t, MayHaveHappened(errors.New("unknown")))
	assert.True(t, MayHaveHappened(&Error{Err: context.DeadlineExceeded}))
	assert.True(t, MayHaveHappened(fmt.Errorf("wrapped: %w", &Error{Status: 500})))
	assert.False(t, MayHaveHappened(fmt.Errorf("wrapped: %w", &Error{Status: 499})))
	assert.True(t, MayHaveHappened(&Error{Status: 201, Err: errNoItem}))
}

func TestErrorText(t *testing.T) {
	assert.Equal(t, "tallyfy: GET /me: 429: Slow down (code C) (request id R)",
		(&Error{Status: 429, Message: "Slow down", Code: "C", RequestID: "R", Method: "GET", Path: "/me"}).Error())
	assert.Equal(t, "tallyfy: POST /users: 409: No seats left (code C) (pool full)",
		(&Error{Status: 409, Message: "No seats left", Code: "C", Pool: "full", Method: "POST", Path: "/users"}).Error())
	assert.Equal(t, "tallyfy: GET /me: Not reached: EOF",
		(&Error{Message: "Not reached", Method: "GET", Path: "/me", Err: errors.New("EOF")}).Error())
}

// Neither the query nor the token may come back in an error: a search text is personal, and a transport may echo both.
func TestErrorsHoldNoSecrets(t *testing.T) {
	c, _ := scripted(t, fails(errors.New("dial with Bearer "+testToken+" failed")))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := c.Groups.List(ctx, "o", GroupListOptions{Query: "personal"})
	require.Error(t, err)
	for e := err; e != nil; e = errors.Unwrap(e) {
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", e, e, e), testToken)
		assert.NotContains(t, e.Error(), "personal")
		assert.NotContains(t, e.Error(), "api.test")
	}
}
