package sandbox

import (
	"fmt"
	"net/http"
)

// An Answer names an answer that the service gives, and the sandbox only as a [Fault]. The texts
// are the service's own where they are known, from the documentation or the vendor's clients.
type Answer string

// The named answers.
const (
	SeatsFull      Answer = "409, an object with a code, no full seat left"
	SeatsLight     Answer = "409, an object with a code, no light seat left"
	SeatsFlat      Answer = "409, a code at the top, no full seat left"
	MemberUnknown  Answer = "422, an id in the list of members that nobody has"
	PlanLimit      Answer = "402, a limit of the plan"
	PlanLimitIn    Answer = "402, a limit of the plan, in an object"
	FieldsOnly     Answer = "422, errors of fields without a message, some nested"
	OtherField     Answer = "422, an error of a field that no form has"
	Rule           Answer = "403, a rule that the text names"
	NoReason       Answer = "403 without a text"
	NoSuchMember   Answer = "404, no such member"
	RuleInHTML     Answer = "409, a message with HTML marks"
	TokenUnknown   Answer = "401, about the token"
	TokenAtEdge    Answer = "401, about the token, from the edge of the network"
	SAMLOff        Answer = "401, about the organisation"
	HourlyCap      Answer = "429, the hourly cap of an organisation"
	HourlyCapIn    Answer = "429, the hourly cap of an organisation, in an object"
	DailyCap       Answer = "429, the invitations of a day are sent"
	TrialMembers   Answer = "402, a trial has all its members"
	ComeTomorrow   Answer = "429, in a day"
	OKButRefused   Answer = "200 with an error that is an object"
	OKButText      Answer = "200 with an error that is a text"
	OKButNoSuccess Answer = "200 with success false"
	OKButData      Answer = "200 with an error beside an empty list"
)

type namedAnswer struct {
	status int
	header http.Header
	body   string
}

const nestedFailure = `{"error":{"code":"NOT_NOW","message":"This cannot be done now."}}`

var namedAnswers = map[Answer]namedAnswer{
	SeatsFull: {status: http.StatusConflict, body: `{"error":{"code":"SEAT_POOL_EXHAUSTED",` +
		`"message":"Your organization has reached its committed full seat limit.","details":{"pool_type":"full"}}}`},
	SeatsLight: {status: http.StatusConflict, body: `{"error":{"code":"SEAT_POOL_EXHAUSTED",` +
		`"message":"Your organization has reached its committed light seat limit.","details":{"pool_type":"light"}}}`},
	SeatsFlat: {status: http.StatusConflict, body: `{"error":true,"code":"SEAT_POOL_EXHAUSTED",` +
		`"message":"Your organization has reached its committed full seat limit.","details":{"pool_type":"full"}}`},
	MemberUnknown: {
		status: http.StatusUnprocessableEntity, body: `{"message":"The given data was invalid.","errors":{"members.0":["The selected members.0 is invalid."]}}`,
	},
	PlanLimit: {status: http.StatusPaymentRequired, body: `{"error":true,"message":"Your plan allows 5 groups.","code":"TRIAL_LIMIT_REACHED_5_G"}`},
	PlanLimitIn: {
		status: http.StatusPaymentRequired, body: `{"error":{"code":"TRIAL_LIMIT_REACHED_5_G","message":"Your plan allows 5 groups."}}`,
	},
	FieldsOnly: {
		status: http.StatusUnprocessableEntity, body: `{"error":true,"errors":{"description":"The description is too long.","members":{"0":["Member 9 is unknown."]}}}`,
	},
	OtherField:   {status: http.StatusUnprocessableEntity, body: `{"errors":{"organization":["This organization cannot have more groups."]}}`},
	Rule:         {status: http.StatusForbidden, body: `{"error":true,"message":"Groups that own a running process cannot be changed."}`},
	NoReason:     {status: http.StatusForbidden, body: `{"error":true}`},
	NoSuchMember: {status: http.StatusNotFound, body: `{"error":true,"message":"User not found"}`},
	RuleInHTML:   {status: http.StatusConflict, body: `{"error":true,"message":"<p>Groups that own a <b>running</b> process cannot be changed.</p>"}`},
	TokenUnknown: {status: http.StatusUnauthorized, body: `{"error":true,"message":"Unauthenticated."}`},
	TokenAtEdge:  {status: http.StatusUnauthorized, body: `{"error":true,"message":"Permission denied. Error code: APSH213."}`},
	SAMLOff:      {status: http.StatusUnauthorized, body: `{"error":true,"message":"Saml Is Not Enabled In this Organization"}`},
	HourlyCap: {status: http.StatusTooManyRequests, body: `{"error":true,"code":"RATE_LIMIT_EXCEEDED",` +
		`"message":"You've reached the limit for group creation. Please try again later."}`},
	HourlyCapIn: {status: http.StatusTooManyRequests, body: `{"error":{"code":"RATE_LIMIT_EXCEEDED",` +
		`"message":"You've reached the limit for group creation. Please try again later."}}`},
	DailyCap: {status: http.StatusTooManyRequests, body: `{"error":true,"code":"RATE_LIMIT_EXCEEDED",` +
		`"message":"You've reached the limit for member invitations. Please try again later."}`},
	TrialMembers:   {status: http.StatusPaymentRequired, body: `{"error":true,"message":"Trial limit reached: 10 members","code":"TRIAL_LIMIT_REACHED_10_M"}`},
	ComeTomorrow:   {status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {"86400"}}, body: `{"message":"Too Many Attempts."}`},
	OKButRefused:   {status: http.StatusOK, body: nestedFailure},
	OKButText:      {status: http.StatusOK, body: `{"error":"Not now"}`},
	OKButNoSuccess: {status: http.StatusOK, body: `{"success":false}`},
	OKButData:      {status: http.StatusOK, body: `{"data":[],` + nestedFailure[1:]},
}

// spellOut replaces the name of an answer by the answer.
func (f Fault) spellOut() Fault {
	if f.Answer == "" {
		return f
	}
	named, ok := namedAnswers[f.Answer]
	if !ok || f.Status != 0 || f.Body != "" {
		panic(fmt.Sprintf("sandbox: fault with an unknown answer, or with two: %+v", f))
	}
	f.Status, f.Body = named.status, named.body
	header := f.Header.Clone()
	for name, values := range named.header {
		if header == nil {
			header = http.Header{}
		}
		header[name] = values
	}
	f.Header = header
	return f
}
