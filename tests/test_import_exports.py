"""Header rows of services are understood as they are meant; the people are invented.

Which of them were seen, which are made of documented fields or from memory, is said in
notifications/recipients/origins.py.
"""

import pytest
from test_import_columns import look, people

from notifications.recipients.columns import recognise
from notifications.recipients.origins import origin

CARD = (
    "Card Last4,Card Brand,Card Funding,Card Exp Month,Card Exp Year,Card Name,Card Address Line1,"
    "Card Address Line2,Card Address City,Card Address State,Card Address Country,"
    "Card Address Zip,Card Issue Country,Card Fingerprint"
)
KAJABI = (
    "Name,Email,Products,Tags,ID,Member ID,First Name,Last Name,Phone Number (phone_number),"
    "Address (address_line_1),City (address_city),Zip Code (address_zip)"
)
NAMES = "first name|last name"
# Maker, header row, the columns of the address and the name, that of the street.
EXPORTS = {
    "customers": (
        "Stripe",
        "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,"
        "Refunded Volume,Dispute Losses,tag (metadata)",
        "Email",
        "Name",
        "",
    ),
    "customers, few columns": (
        "Stripe",
        "id,Created (UTC),Email,email (metadata),name (metadata)",
        "Email",
        "",
        "",
    ),
    "payments, 2014": (
        "Stripe",
        "id,Description,Created,Amount,Amount Refunded,Currency,Converted Amount,"
        "Converted Amount Refunded,Fee,Mode,Status,Customer ID,Customer Description,"
        f"Customer Email,Captured,{CARD},Dispute Status",
        "Customer Email",
        "Card Name",
        "Card Address Line1",
    ),
    "payments, 2020": (
        "Stripe",
        "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Fee,Tax,Mode,"
        "Status,Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,"
        f"Card ID,{CARD},Card Tokenization Method,Disputed Amount,Invoice ID,PaymentIntent ID",
        "Customer Email",
        "Card Name",
        "Card Address Line1",
    ),
    "payments, 2025": (
        "Stripe",
        "id,Created date (UTC),Amount,Fee,Currency,Customer Email,Customer Name,Description",
        "Customer Email",
        "Customer Name",
        "",
    ),
    "subscriptions": (
        "Stripe",
        "id,Customer ID,Customer Description,Customer Email,Plan,Status,Cancellation Reason,"
        "Created (UTC),Start (UTC),Current Period Start (UTC),Current Period End (UTC),"
        "Canceled At (UTC),Ended At (UTC)",
        "Customer Email",
        "",
        "",
    ),
    "card data": (
        "Stripe",
        "DESCRIPTION,NAME,EMAIL,ID,CARD.ADDRESS_CITY,CARD.ADDRESS_COUNTRY,CARD.ADDRESS_LINE1,"
        "CARD.ADDRESS_LINE2,CARD.ADDRESS_STATE,CARD.ADDRESS_ZIP,CARD.EXP_MONTH,CARD.EXP_YEAR,"
        "CARD.ID,CARD.NAME,CARD.NUMBER,DEFAULT_SOURCE,CARD.TRANSACTION_IDS",
        "EMAIL",
        "NAME",
        "CARD.ADDRESS_LINE1",
    ),
    "Kajabi contacts": ("Kajabi", KAJABI, "Email", NAMES, "Address (address_line_1)"),
    "Kajabi subscriptions": (
        "Kajabi",
        "Kajabi Subscription ID,Amount,Status,Customer ID,Customer Name,Customer Email,Offer ID,"
        "Offer Title,Currency,Interval,Created At,Next Payment Date,Canceled On,Trial Ends On,"
        "Provider,Coupon Used",
        "Customer Email",
        "Customer Name",
        "",
    ),
    "Kajabi transactions": (
        "Kajabi",
        "ID,Amount,Customer ID,Customer Name,Customer Email,Offer ID,Offer Title,Order No.,Status,"
        "Type,Created At,Currency,Tax Amount,Quantity,Payment Method,Provider,Coupon Used,Phone,"
        "Address,Address 2,City,State,Country,Zipcode",
        "Customer Email",
        "Customer Name",
        "Address",
    ),
    "Classic": (
        "ClickFunnels",
        "id,page_id,first_name,last_name,name,address,city,country,state,zip,email,phone,"
        "webinar_at,webinar_last_time,webinar_ext,created_at,updated_at,ip,funnel_id,"
        "funnel_step_id,unsubscribed_at,cf_uvid,cart_affiliate_id,shipping_address,shipping_city,"
        "shipping_country,shipping_state,shipping_zip,vat_number,affiliate_id,aff_sub,aff_sub2",
        "email",
        NAMES,
        "address",
    ),
    "2.0": (
        "ClickFunnels",
        "Email Address,First Name,Last Name,Phone Number,Time Zone,FB URL,Twitter URL,"
        "Instagram URL,LinkedIn URL,Website URL,Tags",
        "Email Address",
        NAMES,
        "",
    ),
    "contacts": (
        "Freshdesk",
        "Full name,Title,Email,Work phone,Mobile phone,Twitter,Other phone numbers,Company,"
        "Can see all tickets from this company,Address,Tags,About,Language,Time zone",
        "Email",
        "Full name",
        "Address",
    ),
    "contacts, picked": (
        "Freshdesk",
        "Full name,Email,Work phone,Mobile phone,Twitter,About",
        "Email",
        "Full name",
        "",
    ),
    "members": (
        "Circle",
        "email,name,first_name,last_name,headline,location,bio,member_tags,profile_url,avatar_url,"
        "community_id,posts_count,comments_count,last_seen_at,profile_confirmed_at,created_at",
        "email",
        NAMES,
        "",
    ),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_a_header_row_is_known_and_its_columns_are_what_they_mean(export):
    maker, header, address, name, street = EXPORTS[export]
    header = header.split(",")
    found, columns = origin(header), recognise(header)

    assert found and found.name == maker
    assert header[columns.address] == address
    names = (columns.first, columns.last) if columns.first is not None else (columns.name,)
    shown = [header[n] for n in names if n is not None]
    assert "|".join(shown).replace("_", " ").lower() == name.lower()
    assert (header[columns.postal[0]] if columns.postal else "") == street


@pytest.mark.parametrize(
    "header",
    [
        "id,name,username,email,title,created_at,last_seen_at,topics_entered,website,location",
        "id,email,name,role,created_at,last_sign_in_at,sign_in_count",
        "Name,Username,Last Active,Email,Orders,Total Spend,AOV,City,Postal Code",
        "Card number,Name,Email,Status",
        "Member ID,Name,First Name,Last Name,Email,Tags",
        "Community ID,Name,Email,Status",
        "First Name,Last Name,Email,Work Phone,Mobile Phone,Title,"
        "Can See All Tickets From Associated Departments,Language",
        "Email,Date (UTC),Type,Amount,Fee,Currency",
    ],
)
def test_a_column_that_several_makers_have_makes_no_origin(header):
    assert origin(header.split(",")) is None


def test_a_description_is_taken_for_nobodys_name(app):
    header = EXPORTS["subscriptions"][1].split(",")
    row = ["sub_1", "cus_1", "Customer of the shop", "ada@example.org"] + ["x"] * 9

    [person] = people(look(header, row))

    assert (person.address, person.name) == ("ada@example.org", None)


def test_people_who_left_are_people_whose_data_is_concerned(app):
    """Unsubscribed, deleted, in arrears, blocked: the law asks to tell them, too."""
    header = ["email", "name", "unsubscribed_at", "deleted", "Delinquent", "Email Marketing Status"]
    rows = [
        ["ada@example.org", "Ada", "2026-01-02 10:00", "false", "false", "Unsubscribed"],
        ["bob@example.org", "Bob", "", "true", "true", "Never subscribed"],
        ["eve@example.org", "Eve", "", "", "", "Subscribed"],
    ]
    found = look(header, *rows)

    assert found.findings["new"] == 3 and found.columns.flags == ()
    assert [person.name for person in people(found)] == ["Ada", "Bob", "Eve"]
