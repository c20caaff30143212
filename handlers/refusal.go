package handlers

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/names"
)

// A refusal is what Tallyfy answered to a call that it did not carry out, in the words of a page.
type refusal struct {
	// Status and Title are those of a page of its own.
	Status int
	Title  string
	// Text is a sentence: Tallyfy's own words in quotation marks, or ours where it gave none.
	// It is empty when the fields say it all.
	Text string
	// Quoted says that Text holds Tallyfy's own words.
	Quoted bool
	// Fields are Tallyfy's messages by field of the form.
	Fields map[string]string
}

// gaveReason reports that Tallyfy said why.
func (r refusal) gaveReason() bool { return r.Quoted || len(r.Fields) > 0 }

// permissionOnly are the texts of a 403 that name no rule. A guess of ours about the permission says more.
var permissionOnly = regexp.MustCompile(`(?i)^((this action is|you are|you're) )?(forbidden|unauthori[sz]ed|not (authori[sz]ed|allowed|permitted))( to \w+ this( action)?)?\W*$`)

// refusalOf words the refusal of a call. form names the fields of the form that asked for it: messages about other
// fields go into Text. "members.3" is about the field members.
//
// ok is false for errors that are about more than this call: a token that has ended, a rate limit, a failure or silence of
// Tallyfy's.
func refusalOf(err error, form ...string) (r refusal, ok bool) {
	var e *tallyfy.Error
	if !errors.As(err, &e) || !tallyfy.IsRefused(err) || tallyfy.IsUnauthorized(err) || tallyfy.IsRateLimited(err) {
		return refusal{}, false
	}
	r = refusal{Status: http.StatusBadGateway, Title: "Tallyfy refused this", Fields: map[string]string{}}
	switch {
	case tallyfy.IsDenied(err):
		r.Status, r.Title = http.StatusForbidden, "Tallyfy does not let you in here"
	case tallyfy.IsForbidden(err):
		r.Status, r.Title = http.StatusForbidden, "Tallyfy does not allow this"
	case e.Status == http.StatusPaymentRequired:
		r.Status, r.Title = http.StatusPaymentRequired, "Your Tallyfy plan does not include this"
	}
	var elsewhere []string
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		text := strings.Join(e.Fields[name], " ")
		if !tallyfy.Visible(text) {
			continue
		}
		text = names.Isolate(text)
		if field, _, _ := strings.Cut(name, "."); slices.Contains(form, field) {
			r.Fields[field] = strings.TrimSpace(r.Fields[field] + " " + text)
		} else {
			elsewhere = append(elsewhere, text)
		}
	}
	if e.FromService && tallyfy.Visible(e.Message) && len(r.Fields) == 0 && !(tallyfy.IsForbidden(err) && permissionOnly.MatchString(e.Message)) {
		elsewhere = slices.Insert(elsewhere, 0, e.Message)
	}
	switch {
	case len(elsewhere) > 0:
		r.Quoted, r.Text = true, "Tallyfy refused: "+quote(e, strings.Join(elsewhere, " "))
	case len(r.Fields) == 0:
		r.Text = "Tallyfy refused this and gave no reason."
	}
	return r, true
}

// quote puts Tallyfy's words in quotation marks, with the code and the seat pool that came with them.
func quote(e *tallyfy.Error, words string) string {
	var facts []string
	if e.Code != "" {
		facts = append(facts, "code "+names.Isolate(e.Code))
	}
	if e.Pool != "" {
		facts = append(facts, names.Isolate(e.Pool)+" seats")
	}
	switch text := "“" + names.Isolate(words) + "”"; {
	case len(facts) > 0:
		return text + " (" + strings.Join(facts, ", ") + ")."
	case strings.ContainsAny(words[len(words)-1:], ".!?"):
		return text
	default:
		return text + "."
	}
}

// isShutOut reports that Tallyfy does not let a token into an organisation.
func isShutOut(err error) bool {
	return tallyfy.IsUnauthorized(err) || tallyfy.IsDenied(err) || tallyfy.IsForbidden(err) || tallyfy.IsNotFound(err)
}

// shutOut says why: Tallyfy's own reason alone where it is another one than the token, else after ours.
func shutOut(err error, ours string) string {
	r, _ := refusalOf(err)
	switch {
	case tallyfy.IsDenied(err):
		return r.Text
	case r.Quoted:
		return ours + " " + r.Text
	}
	return ours
}
