package handlers

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"tallyfy-admin/handlers/store"
	"tallyfy-admin/views"
	"tallyfy-admin/views/words"
)

// listSignIns shows where the person is signed in, and administrators everybody of the organisation.
func listSignIns(req *request) error {
	list, admin, err := req.signIns()
	if err != nil {
		return err
	}
	v := views.SignIns{Everybody: admin}
	for _, s := range list {
		var d device
		_ = json.Unmarshal(s.Details, &d) // of a lost secret: only when
		row := views.SignInRow{
			Key: s.Key, Name: d.Name, Email: d.Email, Address: d.Address, Browser: d.Browser, At: s.At, Seen: s.Seen,
			Own: s.Person == string(req.who.UserID), This: s.Key == store.KeyOf(req.session.raw),
		}
		if row.Name == "" {
			row.Name = "Member " + s.Person
		}
		if row.Own && !row.This {
			v.OwnOthers++
		}
		v.Rows = append(v.Rows, row)
	}
	return req.show(http.StatusOK, views.SignInsPage(req.page("Sign-ins", views.SectionNone), v))
}

// signIns are the living sessions in the organisation that the person may see and end.
func (req *request) signIns() (list []store.SignIn, admin bool, err error) {
	if admin, err = req.isAdmin(req.ctx()); err != nil {
		return nil, false, err
	}
	person := string(req.who.UserID)
	if admin {
		person = ""
	}
	list, err = req.app.Sessions.SignIns(req.ctx(), string(req.org()), person)
	return list, admin, err
}

// What a form of the list ends, besides one session by its key.
const (
	ownOthers   = "own"
	everyOthers = "everybody"
)

// endSignIns ends sessions, never the one that asks for it.
func endSignIns(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	list, _, err := req.signIns()
	if err != nil {
		return err
	}
	what, ended := form.Get("end"), 0
	for _, s := range list {
		own := s.Person == string(req.who.UserID)
		if s.Key == store.KeyOf(req.session.raw) || (what != s.Key && what != everyOthers && (what != ownOthers || !own)) {
			continue
		}
		was, err := req.app.Sessions.End(req.ctx(), string(req.org()), s.Key)
		if err != nil {
			return err
		}
		if was {
			ended++
			req.auditSignIn(signInEnded, slog.String("user", s.Person), slog.String("by", string(req.who.UserID)), slog.String("organisation", string(req.org())))
		}
	}
	n := views.Notice{Kind: views.NoticeDone, Text: words.Count(ended, "sign-in was", "sign-ins were") + " ended."}
	if ended == 0 {
		n = views.Notice{Kind: views.NoticeInfo, Text: "Nothing was ended: it had ended already."}
	}
	req.notice(n)
	return req.goTo(req.urls().SignIns())
}
