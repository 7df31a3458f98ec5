"""The policies that the tables of a child's file share, in SQL."""

LED = "school_id = any((select led_schools())::uuid[])"
OF_FILE = f"""(trajectory_id = any((select my_trajectories())::uuid[])
    or ({LED} and not trajectory_id = any((select barred_trajectories())::uuid[])))"""
OF_PUPIL = f"""(pupil_id = any((select my_pupils())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
AT_WORK = "school_id = any((select staff_schools())::uuid[])"
