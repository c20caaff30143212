package views

import "tallyfy-admin/views/names"

// foreign is a text of Tallyfy's or of a form's, with a direction of its own that ends with it.
templ foreign(text string) {
	<bdi>{ names.Neutral(text) }</bdi>
}

// address is an email address, which is written from left to right whatever it holds.
templ address(email string) {
	<bdi dir="ltr">{ names.Neutral(email) }</bdi>
}
