import psycopg
a=psycopg.connect("host=/tmp/pgmine dbname=hostile user=zorgvuldig"); b=psycopg.connect("host=/tmp/pgmine dbname=hostile user=zorgvuldig")
q="""insert into audit_event(id,at,action,kind,actor_name,actor_role,ground,detail,chain) values (gen_random_uuid(),now(),%s,'','x','','','{}','')"""
a.execute("select set_config('app.user_id','',true)")
a.execute(q,("today.listed",))
b.execute("set lock_timeout='2s'")
try: b.execute(q,("letter.listed",)); print("no wait")
except Exception as e: print("second viewer of another school:",type(e).__name__,str(e)[:120])
a.rollback()
b.rollback()
# forged
b.execute("select set_config('app.user_id','',true)")
b.execute("""insert into audit_event(id,at,action,kind,actor,actor_name,actor_role,ground,detail,chain) values (gen_random_uuid(),'2020-01-01','pupil.looked','',gen_random_uuid(),'Iemand Anders','','','{}','')""")
print("event by nobody, dated 2020, in another's name: accepted"); b.rollback()
