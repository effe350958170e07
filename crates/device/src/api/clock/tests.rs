use super::*;

/// Saturday, 2024-03-09 05:06:07 in UTC.
const MOMENT: i64 = 1_709_960_767;

fn text(secs: i64, format: &str) -> String {
    match date(secs, format.as_bytes()) {
        Some(Date::Text(text)) => String::from_utf8(text).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn local_time_is_eight_hours_ahead() {
    assert_eq!(text(MOMENT, "!%Y-%m-%d %H:%M:%S"), "2024-03-09 05:06:07");
    assert_eq!(text(MOMENT, "%Y-%m-%d %H:%M:%S"), "2024-03-09 13:06:07");
    assert_eq!(text(0, "%c"), "Thu Jan  1 08:00:00 1970");
    assert_eq!(text(0, "!%c"), "Thu Jan  1 00:00:00 1970");
    assert_eq!(text(-1, "!%c"), "Wed Dec 31 23:59:59 1969");
}

#[test]
fn every_letter_of_c_is_filled_in() {
    for (format, expected) in [
        ("%a %A %b %B %h", "Sat Saturday Mar March Mar"),
        ("%d|%e|%j|%m|%y|%Y|%C", "09| 9|069|03|24|2024|20"),
        ("%H %I %M %S %p", "05 05 06 07 AM"),
        ("%x %X %D %F %T %R", "03/09/24 05:06:07 03/09/24 2024-03-09 05:06:07 05:06"),
        ("%r", "05:06:07 AM"),
        ("%w %u %U %W %V %G %g", "6 6 09 10 10 2024 24"),
        ("%Z %z %% %n%t", "GMT +0000 % \n\t"),
    ] {
        assert_eq!(text(MOMENT, &format!("!{format}")), expected, "{format}");
    }
    assert_eq!(text(MOMENT, "%p %I %Z %z"), "PM 01 CST +0800");
}

#[test]
fn what_is_no_letter_stays() {
    assert_eq!(text(0, ""), "");
    assert_eq!(text(0, "!"), "");
    assert_eq!(text(0, "50%"), "50%");
    assert_eq!(text(0, "%Q %!"), "%Q %!");
    assert_eq!(text(0, "*tx"), "*tx");
    assert_eq!(date(0, b"\xff%"), Some(Date::Text(b"\xff%".to_vec())));
    assert_eq!(date(0, b"%\xff\0"), Some(Date::Text(b"%\xff\0".to_vec())));
}

#[test]
fn times_beyond_the_calendar_are_none() {
    for secs in [i64::MIN, i64::MAX, 1 << 60, -(1 << 60)] {
        assert_eq!(date(secs, b"%c"), None);
        assert_eq!(date(secs, b"!*t"), None);
    }
    assert_eq!(text(253_402_300_800, "!%Y %F"), "10000 10000-01-01");
}

#[test]
fn fields_go_both_ways() {
    for secs in [0, MOMENT, -MOMENT, 951_782_400, 4_102_444_799] {
        let Some(Date::Fields(fields)) = date(secs, b"*t") else { panic!("no fields") };
        assert_eq!(time_from_fields(&fields), Some(secs));
    }
}

#[test]
fn fields_out_of_range_carry_over() {
    let fields = Fields { year: 2024, month: 14, day: 0, hour: 25, min: -1, sec: 3600 };
    let same = Fields { year: 2025, month: 2, day: 1, hour: 1, min: 59, sec: 0 };
    assert_eq!(time_from_fields(&fields), time_from_fields(&same));
    for huge in [i64::MIN, i64::MAX, i64::from(i32::MIN), i64::from(i32::MAX)] {
        for base in [fields, same] {
            time_from_fields(&Fields { year: huge, ..base });
            time_from_fields(&Fields { month: huge, ..base });
            time_from_fields(&Fields { day: huge, hour: huge, min: huge, sec: huge, ..base });
        }
    }
    assert_eq!(time_from_fields(&Fields { year: i64::MAX, ..fields }), None);
}

#[test]
fn tables_are_as_lua_has_them() {
    let lua = Lua::new();
    let date_of =
        lua.create_function(|_, (secs, format): (i64, String)| Ok(date(secs, format.as_bytes())));
    let time = lua.create_function(|lua, table: Table| {
        Ok(time_from_fields(&Fields::from_table(lua, &table)?))
    });
    lua.globals().set("date", date_of.unwrap()).unwrap();
    lua.globals().set("time", time.unwrap()).unwrap();
    lua.load(
        r##"
        local t = date(1709960767, "!*t")
        assert(t.year == 2024 and t.month == 3 and t.day == 9)
        assert(t.hour == 5 and t.min == 6 and t.sec == 7)
        assert(t.wday == 7 and t.yday == 69 and t.isdst == false)
        assert(time(date(1709960767, "*t")) == 1709960767)
        assert(time{year = 1970, month = 1, day = 1} == 4 * 3600)
        assert(time{year = "1970", month = "1", day = "1", hour = 8, min = {}} == 0)
        assert(time{year = 1e300, month = 1, day = 1} == nil)
        assert(time{year = 2024, month = 0/0, day = 1})
        for _, name in ipairs{"year", "month", "day"} do
            local t = {year = 2024, month = 1, day = 1}
            t[name] = nil
            local ok, err = pcall(time, t)
            assert(tostring(err):find("field '" .. name .. "' missing in date table", 1, true))
        end
        "##,
    )
    .exec()
    .unwrap_or_else(|error| panic!("{error}"));
}
