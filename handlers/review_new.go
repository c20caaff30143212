package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/listing"
	"tallyfy-admin/handlers/review"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showReviewForm is the form that starts a review. It counts whom it would take.
func showReviewForm(req *request) error {
	f := req.openedForm(req.urls().Local(req.urls().NewReview()))
	if f.Form == nil {
		f.Form = req.QueryParams()
	}
	return req.askReview(f)
}

func (req *request) askReview(f refusedForm) error {
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("New review", copied, req.urls().Reviews())
	}
	all, err := req.allReviews()
	if err != nil {
		return err
	}
	last, form := all.newcomers(req.app.Now()), f.Form
	v := views.ReviewForm{Press: newPress(), Errors: f.Errors, Notice: f.Notice, Values: map[string]string{}, Since: req.clock().Day(last.From)}
	for _, name := range []string{"name", "who", "from", "to", "role", "group", "text", "invited", "reviewer", "looks"} {
		v.Values[name] = strings.ReplaceAll(form.Get(name), "\r\n", "\n")
	}
	v.Values["who"] = whoOf(form)
	if !form.Has("name") {
		v.Values["name"] = "New joiners, " + req.clock().Day(req.app.Now())
	}
	v.Roles = []components.Choice{{Text: "Any role"}}
	for _, r := range lifecycle.Roles {
		v.Roles = append(v.Roles, components.Choice{Value: string(r), Text: names.Role(r)})
	}
	v.Reviewers = []components.Choice{{Text: "Nobody"}}
	for _, m := range copied.members.Items {
		if m.Role == tallyfy.RoleAdmin && m.CanWork() && m.ID != req.who.UserID {
			v.Reviewers = append(v.Reviewers, components.Choice{Value: string(m.ID), Text: names.Isolate(m.Name())})
		}
	}
	rule, errs := req.readRule(form, last, copied)
	if len(errs) > 0 {
		if v.Errors == nil && form.Has("who") { // the count has nothing to count
			v.Errors = errs
		}
	} else {
		people, unknown := rule.Take(copied.members, copied.groups, req.firstSeen(copied, rule.From), all.taken())
		memberships := 0
		for _, p := range people {
			memberships += len(p.Groups)
			v.Takes = append(v.Takes, p.Name)
		}
		v.Count = words.Count(len(people), "person", "people") + ", " + words.Count(memberships, "membership", "memberships") + ", read at " + req.clock().Minute(copied.readAt()) + "."
		v.Unknown = unknown
		v.Missing = copied.missing()
	}
	return req.show(f.Status, views.NewReview(req.page("New review", views.SectionMembers), v))
}

// whoOf says by what a form chooses people. One that does not say so, as another client may send it, chooses by what it
// holds.
func whoOf(form url.Values) string {
	switch who := form.Get("who"); {
	case slices.Contains([]string{"new", "dates", "all", "text"}, who):
		return who
	case strings.TrimSpace(form.Get("text")) != "":
		return "text"
	case form.Get("from") != "" || form.Get("to") != "":
		return "dates"
	case form.Get("role") != "" || form.Get("group") != "":
		return "all"
	}
	return "new"
}

// readRule reads who is meant, and what is wrong with that by field.
func (req *request) readRule(form url.Values, last review.Rule, copied snapshot) (rule review.Rule, errs map[string]string) {
	errs = map[string]string{}
	location := req.clock().Location
	day := func(name string) (from, to time.Time) {
		text := strings.TrimSpace(form.Get(name))
		from, to, err := listing.Day(text, location)
		if text != "" && err != nil {
			errs[name] = "Write the day like " + req.now().Format(time.DateOnly) + "."
		}
		return from, to
	}
	switch whoOf(form) {
	case "new":
		rule = last
	case "dates":
		rule.From, _ = day("from")
		_, rule.To = day("to")
		switch {
		case len(errs) > 0:
		case rule.From.IsZero() && rule.To.IsZero():
			errs["from"] = "Give the first day, the last, or both."
		case !rule.From.IsZero() && !rule.To.IsZero() && !rule.From.Before(rule.To):
			errs["to"] = "The last day is before the first."
		}
	case "text":
		found, wrong := names.Addresses(form.Get("text"))
		for _, email := range found {
			if email = strings.ToLower(email); !slices.Contains(rule.Emails, email) {
				rule.Emails = append(rule.Emails, email)
			}
		}
		switch {
		case len(wrong) > 0:
			errs["text"] = words.Noun(len(wrong), "Not an address: ", "Not addresses: ") + names.First(wrong, 3) + "."
		case len(found) == 0:
			errs["text"] = "Paste the addresses of the people, one a line."
		}
		return rule, errs
	}
	rule.Invited = form.Get("invited") != ""
	if role := tallyfy.Role(form.Get("role")); role != "" {
		if rule.Role = role; !slices.Contains(lifecycle.Roles, role) {
			errs["role"] = "There is no such role."
		}
	}
	if text := strings.TrimSpace(form.Get("group")); text != "" {
		switch found := directory.Called(copied.groups, text); len(found) {
		case 0:
			errs["group"] = "There is no group with this name or id."
		case 1:
			rule.Group = review.Group{ID: found[0].ID, Name: found[0].DisplayName()}
		default:
			errs["group"] = "Several groups look like this one. Give the id."
		}
	}
	return rule, errs
}

// startReview starts a review; or, when the button that counts was pressed, shows the form again. The people are fixed.
func startReview(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	page := req.urls().NewReview()
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, kept: form, what: "The review", show: req.askReview}
	if form.Get("action") == "count" {
		return f.again(refusedForm{Status: http.StatusOK})
	}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return f.again(stillReading())
	}
	all, err := req.allReviews()
	if err != nil {
		return err
	}
	press := pressOf(form)
	for _, r := range all.list {
		if r.Press == press && !r.Unreadable { // pressed twice
			return req.goTo(req.urls().Review(r.ID))
		}
	}
	rule, errs := req.readRule(form, all.newcomers(req.app.Now()), copied)
	says := len(errs) == 0
	r := &review.Review{Org: req.org(), Spec: review.Spec{Name: names.Tidy(form.Get("name")), Rule: rule, By: req.me(), ReadAt: copied.readAt(), Press: press, Looks: form.Get("looks") != ""}}
	switch n := len([]rune(r.Name)); {
	case n == 0:
		errs["name"] = "Give the review a name."
	case n > mostReviewName:
		errs["name"] = "The name is too long: " + words.Number(mostReviewName) + " letters at most."
	}
	if id := form.Get("reviewer"); id != "" {
		m, ok := copied.members.ByID(tallyfy.UserID(id))
		if ok && m.Role == tallyfy.RoleAdmin && m.CanWork() {
			r.Second = &journal.Subject{Kind: journal.Member, ID: id, Name: m.Name(), Email: m.Email}
		} else {
			errs["reviewer"] = "This person is no administrator who can sign in. Choose another one."
		}
	}
	if says {
		var unknown []string
		r.People, unknown = rule.Take(copied.members, copied.groups, req.firstSeen(copied, rule.From), all.taken())
		for _, p := range r.People {
			if rule.New && rule.Again[p.ID] {
				r.Rule.Reopened++
			}
		}
		switch {
		case len(unknown) > 0:
			errs["text"] = "Nobody who can be reviewed: " + names.First(unknown, 3) + ". Correct that, or take it out."
		case len(r.People) == 0:
			errs["who"] = "This takes nobody. Choose more days, or other people."
		}
	}
	if len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	req.markGuests(r.People)
	compared, err := req.comparison(copied)
	if err != nil {
		return err
	}
	size := map[tallyfy.UserID]int{}
	for _, p := range r.People {
		if m, ok := copied.members.ByID(p.ID); ok {
			size[p.ID] = compared.Of(m).Size()
		}
	}
	slices.SortStableFunc(r.People, func(a, b *review.Person) int { return size[b.ID] - size[a.ID] })
	c := req.starting(r)
	c.Rule = req.ruleText(r.Rule)
	out, err := req.run(change.Press{Press: press, Queue: true}, c, nil)
	if err != nil {
		return f.notMade(err)
	}
	if answered, err := f.unfinished(out); answered {
		return err
	}
	if out.Entry.State != journal.Done { // the process of an earlier press has died
		return req.goTo(req.urls().Entry(out.Entry.ID))
	}
	return req.goTo(req.urls().Review(review.IDOf(out.Entry))) // of a second press, that of the first
}

// mostReviewName is the length of the name of a review in letters.
const mostReviewName = 100
